using Exports.Connectors.Sdk;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exports.Observation;

/// <summary>
/// Reads every two seconds what the pipelines of this worker have counted, and every six asks Kafka for the ends of partitions that nobody
/// reads at present.
/// </summary>
public sealed partial class BoardSampler(
    WorkerBoard board, ProcessLoad process, TimeProvider time, ILogger<BoardSampler> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_heldFor = TimeSpan.FromSeconds(5);
    private const int RoundsBetweenQuestions = 3;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        var asking = Task.CompletedTask;
        for (var round = 0; await timer.WaitForNextTickAsync(stoppingToken); round++)
        {
            process.Sample();
            foreach (var connector in board.Connectors)
            {
                foreach (var task in connector.Tasks)
                    task.Sample();
            }

            if (round % RoundsBetweenQuestions == 0 && asking.IsCompleted)
                asking = AskAsync(stoppingToken);
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await board.Ends.RefreshAsync(
                [.. board.Connectors.SelectMany(connector => connector.Tasks).SelectMany(task => task.UnreadEnds(s_heldFor)).Distinct()],
                cancellationToken);
        }
        catch (Exception e) when (e is ConnectException or OperationCanceledException or ObjectDisposedException)
        {
            Log.NoEnds(logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The ends of partitions are not known at present: {Error}")]
        public static partial void NoEnds(ILogger logger, string error);
    }
}
