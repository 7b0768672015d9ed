using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Connectors.Kafka.Tests;

public sealed class SelfCopyTests
{
    [Theory]
    [InlineData("b:9092, A:9092", "a:9092", true)]
    [InlineData("localhost:9092", "127.0.0.1:9092", true)]
    [InlineData("a:9093", "a:9092", false)]
    [InlineData("", "a:9092", false)]
    public async Task A_start_that_would_copy_each_topic_to_itself_is_refused(string source, string target, bool isRefused)
    {
        var task = new KafkaSinkConnector().CreateTask();
        var start = () => task.StartAsync(Context(source, ("target.bootstrap.servers", target)), CancellationToken.None);

        if (isRefused)
            Assert.Contains("copied to itself", (await Assert.ThrowsAsync<ConfigException>(start)).Message, StringComparison.Ordinal);
        else
            await start();
        await task.StopAsync();
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task Records_that_would_go_where_they_came_from_fail_the_task(string exactlyOnce)
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        var task = new KafkaSinkConnector().CreateTask();
        await task.StartAsync(
            Context(
                kafka.BootstrapServers, ("target.bootstrap.servers", kafka.BootstrapServers), ("target.topic", "orders"),
                ("exactly.once", exactlyOnce)),
            CancellationToken.None);

        var e = await Assert.ThrowsAsync<ConnectException>(
            () => task.PutAsync(new Batch(Batch.Record("views", 0, 0), Batch.Record("orders", 0, 0)), CancellationToken.None).AsTask());

        Assert.Contains("'orders' would be copied to itself", e.Message, StringComparison.Ordinal);
        await task.StopAsync();
    }

    [Fact]
    public async Task What_a_transform_sends_elsewhere_may_stay_on_the_cluster()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1), ("copy", 1));
        var task = new KafkaSinkConnector().CreateTask();
        await task.StartAsync(
            Context(kafka.BootstrapServers, ("target.bootstrap.servers", kafka.BootstrapServers), ("transforms", "route")),
            CancellationToken.None);

        await task.PutAsync(
            new Batch(Batch.Record("orders", 0, 3) with { OriginalTopic = "orders", Topic = "copy" }), CancellationToken.None);
        await Assert.ThrowsAsync<ConnectException>(
            () => task.PutAsync(
                new Batch(Batch.Record("orders", 0, 4) with { OriginalTopic = "copy", Topic = "copy" }), CancellationToken.None).AsTask());

        Assert.Equal([3], Target.Offsets(Target.Read(kafka, "copy", 1, 1), 0));
        await task.StopAsync();
    }

    private static SinkTaskContext Context(string source, params (string Key, string Value)[] config)
        => new("copy", 0, config.ToDictionary(c => c.Key, c => c.Value), NullLogger.Instance, TimeProvider.System)
        {
            SourceBootstrapServers = source,
        };
}
