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
            // Whoever has asked meanwhile is served by this round too.
            while (_asked.Wait(0, CancellationToken.None))
            {
            }

            await StartAllAsync(stoppingToken);
        }
    }

    private async Task StartAllAsync(CancellationToken stoppingToken)
    {
        var pause = new Backoff(options.RetryDelay, options.RetryDelayMax);
        var began = time.GetTimestamp();
        var left = await ListAsync(pause, stoppingToken);
        var total = left.Count;
        while (left.Count > 0)
        {
            left = await StartAsync(left, stoppingToken);
            if (left.Count > 0)
                await Task.Delay(pause.Next(), time, stoppingToken);
        }

        if (total > 0)
            Log.Started(logger, total, time.GetElapsedTime(began));
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
                await grains.GetGrain<IConnectorGrain>(connector).EnsureRunningAsync();
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
