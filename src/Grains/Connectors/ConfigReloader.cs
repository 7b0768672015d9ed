using Exports.Pipeline;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exports.Grains;

/// <summary>
/// Restarts connectors with their tasks when a value that a config provider gave them has changed
/// (<c>config.action.reload=restart</c>). Each worker looks after the tasks that it runs.
/// </summary>
internal sealed partial class ConfigReloader(
    IGrainFactory grains, ConfigResolver resolver, GrainOptions options, TimeProvider time, ILogger<ConfigReloader> logger)
    : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.ConfigReloadInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var connector in resolver.Reload.FindChanged())
                await RestartAsync(connector, stoppingToken);
        }
    }

    private async Task RestartAsync(string connector, CancellationToken cancellationToken)
    {
        Log.Changed(logger, connector);
        var pause = new Backoff(options.RetryDelay, options.RetryDelayMax);
        while (true)
        {
            try
            {
                await grains.GetGrain<IConnectorGrain>(connector).RestartAsync(includeTasks: true, onlyFailed: false);
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Log.NotRestarted(logger, connector, exception);
                await Task.Delay(pause.Next(), time, cancellationToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Connector {Connector} is restarted: a value that a config provider gave it has changed.")]
        public static partial void Changed(ILogger logger, string connector);

        [LoggerMessage(2, LogLevel.Warning, "Connector {Connector} could not be restarted; trying again.")]
        public static partial void NotRestarted(ILogger logger, string connector, Exception exception);
    }
}
