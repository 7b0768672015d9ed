using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exports.Grains;

/// <summary>
/// Brings up all connectors when a worker starts, and whenever it is asked to: a number of them side by side, each until it succeeds.
/// </summary>
internal sealed partial class ConnectorStarter(
    IGrainFactory grains, GrainOptions options, TimeProvider time, ILogger<ConnectorStarter> logger) : BackgroundService, IConnectorStarter
{
    /// <summary>How long a connector is waited for; it is asked again then. Its own attempts go on.</summary>
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _asked = new(1);

    /// <inheritdoc/>
    public void StartAgain() => _asked.Release();

    /// <inheritdoc/>
    public override void Dispose()
    {
        _asked.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _asked.WaitAsync(stoppingToken);
            await StartAllAsync(stoppingToken);
        }
    }

    private async Task StartAllAsync(CancellationToken stoppingToken)
    {
        var pause = new Backoff(options.RetryDelay, options.RetryDelayMax);
        var began = time.GetTimestamp();
        while (true)
        {
            // Whoever has asked meanwhile is served by this round too.
            while (_asked.Wait(0, CancellationToken.None))
            {
            }

            var all = await ListAsync(pause, stoppingToken);
            var left = all;
            do
            {
                left = await StartAsync(left, stoppingToken);
                if (left.Count == 0)
                {
                    if (all.Count > 0)
                        Log.Started(logger, all.Count, time.GetElapsedTime(began));
                    return;
                }
            }
            // Asked again, it begins anew: those that were brought up before may be gone again.
            while (!await _asked.WaitAsync(pause.Next(), stoppingToken));
        }
    }

    private async Task<IReadOnlyCollection<string>> ListAsync(Backoff pause, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await grains.GetGrain<IConnectorIndexGrain>(IConnectorIndexGrain.Key).ListAsync();
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Log.NotListed(logger, exception);
                await Task.Delay(pause.Next(), time, cancellationToken);
            }
        }
    }

    /// <summary>Starts connectors.</summary>
    /// <returns>Those that could not be started.</returns>
    private async Task<IReadOnlyCollection<string>> StartAsync(IReadOnlyCollection<string> connectors, CancellationToken cancellationToken)
    {
        var failed = new ConcurrentBag<string>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.StartParallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(connectors, parallel, async (connector, _) =>
        {
            try
            {
                await grains.GetGrain<IConnectorGrain>(connector).EnsureRunningAsync().WaitAsync(s_answerLimit, time, cancellationToken);
            }
            catch (Exception exception)
            {
                Log.NotStarted(logger, connector, exception);
                failed.Add(connector);
            }
        });
        return failed;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Connectors} connectors were brought up in {Elapsed}.")]
        public static partial void Started(ILogger logger, int connectors, TimeSpan elapsed);

        [LoggerMessage(2, LogLevel.Warning, "The connectors cannot be listed; trying again.")]
        public static partial void NotListed(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Warning, "Connector {Connector} could not be brought up; trying again.")]
        public static partial void NotStarted(ILogger logger, string connector, Exception exception);
    }
}
