using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>A started task of the Kafka sink.</summary>
internal sealed class Sink : IAsyncDisposable
{
    private Sink(KafkaSinkTask task) => Task = task;

    public KafkaSinkTask Task { get; }

    public static Task<Sink> StartAsync(EmbeddedKafka target, params (string Key, string Value)[] config)
        => StartAsync(target, TimeProvider.System, config);

    public static async Task<Sink> StartAsync(EmbeddedKafka target, TimeProvider time, params (string Key, string Value)[] config)
    {
        var all = new Dictionary<string, string>
        {
            ["name"] = "copy",
            ["connector.class"] = "KafkaSink",
            ["topics"] = "orders",
            ["target.bootstrap.servers"] = target.BootstrapServers,
            ["target.linger.ms"] = "1",
            ["target.reconnect.backoff.ms"] = "20",
            ["target.reconnect.backoff.max.ms"] = "100",
            ["target.retry.backoff.ms"] = "20",
        };
        foreach (var (key, value) in config)
            all[key] = value;
        var task = (KafkaSinkTask)new KafkaSinkConnector().CreateTask();
        var context = new SinkTaskContext("copy", 0, all, NullLogger.Instance, time) { ToleratesErrors = all.GetValueOrDefault("errors.tolerance") == "all" };
        await task.StartAsync(context, CancellationToken.None);
        return new(task);
    }

    public async Task PutAsync(SinkBatch batch) => await Task.PutAsync(batch, CancellationToken.None);

    public async ValueTask DisposeAsync() => await Task.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));
}
