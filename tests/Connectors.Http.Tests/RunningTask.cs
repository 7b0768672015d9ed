using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Connectors.Http.Tests;

/// <summary>A task as the pipeline runs it.</summary>
internal sealed class RunningTask : IAsyncDisposable
{
    private readonly SinkTask _task = new HttpSinkConnector().CreateTask();

    public static async Task<RunningTask> StartAsync(string url, params (string Key, string Value)[] config)
    {
        var running = new RunningTask();
        await running._task.StartAsync(
            new("hooks", 0, Sender.Keys(url, config), NullLogger.Instance, TimeProvider.System)
            {
                RetryDelayMax = TimeSpan.FromMilliseconds(200),
                ToleratesErrors = true,
            },
            CancellationToken.None);
        return running;
    }

    public Task PutAsync(SinkRecord[] records) => _task.PutAsync(new Batch(records), CancellationToken.None).AsTask();

    public async ValueTask DisposeAsync() => await _task.StopAsync();
}
