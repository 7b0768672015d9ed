using System.Collections.Concurrent;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Tests;

public sealed class TransformChainTests
{
    private const string Transforms = "org.apache.kafka.connect.transforms.";

    private static readonly string s_topic = TestWorker.Topic;

    private static readonly (string, string)[] s_json =
        [("value.converter", "org.apache.kafka.connect.json.JsonConverter"), ("value.converter.schemas.enable", "false")];

    [Fact]
    public async Task Every_record_of_a_topic_goes_through_the_chain_and_where_a_predicate_says_so_past_a_transform()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        const int count = 500;
        for (var i = 0; i < count; i++)
        {
            var value = i % 10 == 7 ? null : $$"""{"user":{"id":{{i}},"name":"n"},"ip":"10.0.0.{{i % 256}}","secret":"s"}""";
            worker.Send(s_topic, 0, $"key {i}", value);
        }
        worker.Flush();

        var pipeline = await worker.ReadAsync(sink, 1, [
            .. s_json,
            ("transforms", "rename, mask, flatten, source, key, id"),
            ("transforms.rename.type", Transforms + "ReplaceField$Value"),
            ("transforms.rename.exclude", "secret"),
            ("transforms.rename.renames", "user:viewer"),
            ("transforms.mask.type", Transforms + "MaskField$Value"),
            ("transforms.mask.fields", "ip"),
            ("transforms.mask.predicate", "tombstone"),
            ("transforms.mask.negate", "true"),
            ("transforms.flatten.type", "Flatten$Value"),
            ("transforms.flatten.delimiter", "_"),
            ("transforms.source.type", "InsertField$Value"),
            ("transforms.source.topic.field", "topic"),
            ("transforms.source.offset.field", "offset"),
            ("transforms.key.type", "ValueToKey"),
            ("transforms.key.fields", "viewer_id"),
            ("transforms.key.predicate", "tombstone"),
            ("transforms.key.negate", "true"),
            ("transforms.id.type", "ExtractField$Key"),
            ("transforms.id.field", "viewer_id"),
            ("transforms.id.predicate", "tombstone"),
            ("transforms.id.negate", "true"),
            ("predicates", "tombstone"),
            ("predicates.tombstone.type", nameof(ValueIsNull)),
        ]);
        await Eventually.HoldsAsync(() => sink.Count == count);

        Assert.Equal(
            Enumerable.Range(0, count).Select(i => i % 10 == 7
                ? ($"key {i}", null)
                : ($"{i}", (string?)$$"""{"viewer_id":{{i}},"viewer_name":"n","ip":"","topic":"orders","offset":{{i}}}""")),
            sink.Records.Select(record => (record.Key!, record.Value)));
        Assert.Equal(count, Assert.Single(await pipeline.FlushAsync(CancellationToken.None)).Offset);
        Assert.Equal(0, pipeline.Progress.RecordsSkipped);
    }

    [Fact]
    public async Task A_record_that_a_transform_refuses_is_skipped_where_errors_are_tolerated_and_the_log_names_the_transform()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        for (var i = 0; i < 100; i++)
            worker.Send(s_topic, 0, null, i is 3 or 40 or 99 ? "[]" : "{}");
        worker.Flush();

        var pipeline = await worker.ReadAsync(sink, 1, [
            .. s_json,
            .. Insertion,
            ("errors.tolerance", "all"),
            ("errors.log.enable", "true"),
        ]);
        await Eventually.HoldsAsync(() => pipeline.Progress is { RecordsDelivered: 97, RecordsSkipped: 3 });

        Assert.Equal(Enumerable.Range(0, 100).Except([3, 40, 99]).Select(i => (long)i), sink.Offsets(s_topic, 0));
        Assert.Equal(100, Assert.Single(await pipeline.FlushAsync(CancellationToken.None)).Offset);
        Assert.InRange(worker.Log.CountOf("TRANSFORMATION"), 3, int.MaxValue);
        Assert.InRange(worker.Log.CountOf("Exports.Pipeline.Transforms.InsertField+Value"), 3, int.MaxValue);
    }

    [Fact]
    public async Task A_record_that_a_transform_refuses_fails_the_task_and_the_error_says_where_and_why()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        worker.Send(s_topic, 0, null, "{}");
        worker.Send(s_topic, 0, null, "[]");
        worker.Flush();

        var pipeline = await worker.ReadAsync(sink, 1, [.. s_json, .. Insertion]);
        var error = await Assert.ThrowsAsync<ConnectException>(() => pipeline.Completion.WaitAsync(TimeSpan.FromSeconds(30)));

        var cause = Assert.IsType<ConversionException>(error.InnerException);
        Assert.Equal(("TRANSFORMATION", "Exports.Pipeline.Transforms.InsertField+Value"), (cause.StageName, cause.ClassName));
        Assert.Contains("topic orders, partition 0, offset 1", error.Message);
        Assert.EndsWith("Only Map objects supported in absence of schema for [field insertion], found: List", error.Message);
        Assert.InRange(Assert.Single(await pipeline.FlushAsync(CancellationToken.None)).Offset, 0, 1);
    }

    [Fact]
    public async Task A_record_that_a_transform_sends_to_another_topic_is_acknowledged_where_it_came_from()
    {
        await using var worker = new TestWorker(partitions: 2);
        using var sink = new TestSink();
        var origins = new ConcurrentBag<string>();
        sink.OnPut = (batch, _, _) =>
        {
            foreach (var record in batch.Records)
                origins.Add(record.OriginalTopic);
            return ValueTask.CompletedTask;
        };
        worker.Produce(2, 50);

        var pipeline = await worker.ReadAsync(sink, 2, ("transforms", "route"), ("transforms.route.type", nameof(RouteElsewhere)));
        await Eventually.HoldsAsync(() => sink.Count == 100);

        Assert.All(sink.Records, record => Assert.Equal($"{s_topic}-elsewhere", record.Topic));
        Assert.All(origins, topic => Assert.Equal(s_topic, topic));
        Assert.Equal(
            [(s_topic, 0, 50), (s_topic, 1, 50)],
            (await pipeline.FlushAsync(CancellationToken.None)).OrderBy(o => o.Partition)
                .Select(o => (o.Partition.Topic, o.Partition.Partition, o.Offset)));
    }

    private static (string, string)[] Insertion =>
    [
        ("transforms", "source"),
        ("transforms.source.type", "InsertField$Value"),
        ("transforms.source.offset.field", "offset"),
    ];
}

public sealed class RouteElsewhere : Transform
{
    public override ConfigDef Config { get; } = [];

    public override void Configure(IReadOnlyDictionary<string, string> config)
    {
    }

    public override bool Apply(ref SinkRecord record)
    {
        record = record with { Topic = record.Topic + "-elsewhere" };
        return true;
    }
}

public sealed class ValueIsNull : Predicate
{
    public override ConfigDef Config { get; } = [];

    public override void Configure(IReadOnlyDictionary<string, string> config)
    {
    }

    public override bool Test(in SinkRecord record) => record.Value.IsNull;
}
