using System.Diagnostics;
using Confluent.Kafka;

namespace Exports.Kafka.Client.Tests;

public sealed unsafe class NativeProducerTests
{
    private const short ProduceApi = 0;

    [Fact]
    public void Every_record_is_reported_with_what_it_was_produced_with()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 2));
        using var producer = new NativeProducer(Settings(kafka));
        var events = new Events();

        for (var i = 0; i < 1000; i++)
            Assert.Equal(ErrorCode.NoError, Produce(producer, "orders", i % 2, i));
        PollUntil(producer, events, () => events.Reports.Count == 1000);

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => ((nint)i, ErrorCode.NoError)), events.Reports.Order());
        Assert.Equal(ErrorCode.NoError, producer.Flush(1000));
        Assert.Equal(2, producer.PartitionCount(producer.Topic("orders"), 30_000));
        Assert.Equal(ErrorCode.NoError, producer.FatalError);
    }

    [Fact]
    public void What_the_client_does_not_take_is_not_reported()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 2));
        using var producer = new NativeProducer(Settings(
            kafka, ("message.max.bytes", "1000"), ("queue.buffering.max.messages", "1"), ("linger.ms", "50")));
        var events = new Events();

        Assert.Equal(ErrorCode.NoError, Produce(producer, "orders", 0, 0));
        Assert.Equal(ErrorCode.Local_QueueFull, Produce(producer, "orders", 0, 1));
        PollUntil(producer, events, () => events.Reports.Count == 1);
        Assert.Equal(ErrorCode.MsgSizeTooLarge, Produce(producer, "orders", 0, 2, length: 2000));
        Assert.Equal(ErrorCode.Local_UnknownPartition, Produce(producer, "orders", 2, 3));
        Assert.Equal(ErrorCode.NoError, Produce(producer, "orders", 1, 4));
        PollUntil(producer, events, () => events.Reports.Count == 2);

        Assert.Equal([(0, ErrorCode.NoError), (4, ErrorCode.NoError)], events.Reports);
    }

    [Fact]
    public void Purged_records_are_reported()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        using var producer = new NativeProducer(Settings(kafka));
        var events = new Events();
        kafka.SetDown();

        for (var i = 0; i < 100; i++)
            Assert.Equal(ErrorCode.NoError, Produce(producer, "orders", 0, i));
        producer.Purge(inFlight: true);
        PollUntil(producer, events, () => events.Reports.Count == 100);

        Assert.All(events.Reports, report => Assert.Equal(ErrorCode.Local_PurgeQueue, report.Error));
    }

    [Fact]
    public void A_gapless_producer_writes_nothing_behind_a_refused_record()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        using var producer = new NativeProducer(Settings(
            kafka, ("enable.idempotence", "true"), ("enable.gapless.guarantee", "true"), ("batch.num.messages", "10")));
        var events = new Events();
        kafka.InjectErrors(ProduceApi, ErrorCode.NoError, ErrorCode.NoError, ErrorCode.MsgSizeTooLarge);

        for (var i = 0; i < 1000; i++)
            Assert.Equal(ErrorCode.NoError, Produce(producer, "orders", 0, i));
        PollUntil(
            producer, events, () => events.Reports.Count(report => report.Error == ErrorCode.NoError) == 20 && events.IsFatal);
        Assert.NotEqual(ErrorCode.NoError, producer.FatalError);
        Assert.Equal(ErrorCode.Local_Fatal, Produce(producer, "orders", 0, 1000));
        while (events.Reports.Count < 1000)
        {
            producer.Purge(inFlight: false);
            producer.Poll(events, 20);
        }

        // Sets that follow the refused one were under way; the broker has not taken them either.
        var delivered = events.Reports.Where(report => report.Error == ErrorCode.NoError).Select(report => (int)report.Opaque);
        Assert.Equal(Enumerable.Range(0, 20), delivered.Order());
        Assert.Equal(10, events.Reports.Count(report => report.Error == ErrorCode.MsgSizeTooLarge));
        Assert.Contains(10, events.SetSizes);
    }

    [Fact]
    public void What_is_wrong_with_the_connection_is_said()
    {
        using var producer = new NativeProducer(new Dictionary<string, string> { ["bootstrap.servers"] = "127.0.0.1:1" });
        var events = new Events();
        Produce(producer, "orders", 0, 0);

        PollUntil(producer, events, () => events.Errors.Contains(ErrorCode.Local_AllBrokersDown) && events.LogLines > 0);
    }

    [Theory]
    [InlineData("no.such.key", "1")]
    [InlineData("batch.size", "soon")]
    [InlineData("enable.gapless.guarantee", "true")]
    public void Settings_that_cannot_work_are_refused(string key, string value)
    {
        var e = Assert.Throws<ArgumentException>(() => new NativeProducer(new Dictionary<string, string> { [key] = value }));

        Assert.Contains(key, e.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Settings(EmbeddedKafka kafka, params ReadOnlySpan<(string Key, string Value)> more)
    {
        var settings = new Dictionary<string, string> { ["bootstrap.servers"] = kafka.BootstrapServers, ["linger.ms"] = "5" };
        foreach (var (key, value) in more)
            settings[key] = value;
        return settings;
    }

    private static ErrorCode Produce(NativeProducer producer, string topic, int partition, int opaque, int length = 1)
    {
        fixed (byte* value = new byte[length])
            return producer.Produce(producer.Topic(topic), partition, null, 0, value, length, true, 0, 0, opaque);
    }

    private static void PollUntil(NativeProducer producer, Events events, Func<bool> isDone)
    {
        var time = Stopwatch.StartNew();
        while (!isDone())
        {
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(30), "Nothing more came in 30 s.");
            producer.Poll(events, 50);
        }
    }

    private sealed class Events : IProducerEvents
    {
        public List<(nint Opaque, ErrorCode Error)> Reports { get; } = [];

        public HashSet<int> SetSizes { get; } = [];

        public List<ErrorCode> Errors { get; } = [];

        public bool IsFatal { get; private set; }

        public int LogLines { get; private set; }

        public void OnReports(NativeMessage** reports, int count, int setSize)
        {
            for (var i = 0; i < count; i++)
            {
                Reports.Add((reports[i]->Opaque, reports[i]->Error));
                if (reports[i]->Error == ErrorCode.MsgSizeTooLarge)
                    SetSizes.Add(setSize);
            }
        }

        public void OnError(ErrorCode error, string text, bool isFatal)
        {
            Errors.Add(error);
            IsFatal |= isFatal;
        }

        public void OnLog(int level, string facility, string text) => LogLines++;
    }
}
