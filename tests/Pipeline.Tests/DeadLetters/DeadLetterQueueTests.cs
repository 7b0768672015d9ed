using System.Text;
using Confluent.Kafka;
using Exports.Connectors.Kafka.Tests;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;

namespace Exports.Pipeline.Tests;

public sealed class DeadLetterQueueTests
{
    private const string Dlq = "dlq";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static readonly (string, string)[] s_tolerant =
    [
        ("errors.tolerance", "all"),
        ("errors.deadletterqueue.topic.name", Dlq),
        ("errors.deadletterqueue.context.headers.enable", "true"),
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_that_cannot_be_converted_gets_there_as_it_was_read_and_says_what_failed(bool readsHeaders)
    {
        await using var worker = new TestWorker();
        worker.Kafka.CreateTopic(Dlq, 1);
        using var sink = new TestSink { ReadsHeaders = readsHeaders };
        worker.Send(TestWorker.Topic, 0, "k0", """{"a":1}""");
        worker.Send(TestWorker.Topic, 0, "k1", "no json", new Headers { { "h", "v"u8.ToArray() }, { "none", null } });
        worker.Send(TestWorker.Topic, 0, null, "{", new Headers { { "__connect.errors.topic", "older"u8.ToArray() } });
        worker.Send(TestWorker.Topic, 0, "k3", """{"a":3}""");
        worker.Flush();

        var pipeline = await worker.ReadAsync(
            sink, 1,
            [.. s_tolerant, ("value.converter", "org.apache.kafka.connect.json.JsonConverter"), ("value.converter.schemas.enable", "false")]);
        using var reader = new DeadLetterReader(worker.Kafka, Dlq);
        var letters = reader.Read(2);

        Assert.Equal("k1", Text(letters[0].Key));
        Assert.Equal("no json", Text(letters[0].Value));
        Assert.Null(letters[1].Key);
        Assert.Equal("{", Text(letters[1].Value));
        Assert.All(letters, letter => Assert.InRange(
            letter.Timestamp.UtcDateTime, DateTime.UtcNow - TimeSpan.FromMinutes(5), DateTime.UtcNow));
        var headers = letters[0].Headers.ToDictionary(header => header.Key, header => Text(header.GetValueBytes()));
        Assert.Equal("v", headers["h"]);
        Assert.Null(headers["none"]);
        Assert.Equal("orders", headers["__connect.errors.topic"]);
        Assert.Equal("0", headers["__connect.errors.partition"]);
        Assert.Equal("1", headers["__connect.errors.offset"]);
        Assert.Equal("test", headers["__connect.errors.connector.name"]);
        Assert.Equal("0", headers["__connect.errors.task.id"]);
        Assert.Equal("VALUE_CONVERTER", headers["__connect.errors.stage"]);
        Assert.Equal("Exports.Pipeline.JsonConverter", headers["__connect.errors.class.name"]);
        Assert.Equal("Exports.Connectors.Sdk.DataException", headers["__connect.errors.exception.class.name"]);
        Assert.NotEmpty(headers["__connect.errors.exception.message"]!);
        Assert.Contains("   at Exports.Pipeline.", headers["__connect.errors.exception.stacktrace"]);
        Assert.Equal(12, headers.Count);
        Assert.Equal(11, letters[1].Headers.Count);

        await Eventually.HoldsAsync(() => sink.Count == 2);
        Assert.Equal([0, 3], sink.Offsets(TestWorker.Topic, 0));
        await CommitsAsync(pipeline, 4);
        Assert.True(reader.IsAtEnd());
        var errors = pipeline.Progress.Errors!;
        Assert.Equal(new ErrorCounts(2, 0, 2, 2, 0, 2, 0, errors.LastError), errors);
        Assert.NotNull(errors.LastError);
    }

    [Fact]
    public async Task A_record_that_the_destination_refuses_gets_there_as_it_was_before_conversion_and_transforms()
    {
        await using var worker = new TestWorker();
        worker.Kafka.CreateTopic(Dlq, 1);
        using var sink = new TestSink
        {
            OnPut = (batch, _, _) =>
            {
                List<RecordFailure> failures = [];
                for (var i = 0; i < batch.Count; i++)
                {
                    if (batch.Records[i].Offset % 3 == 1)
                        failures.Add(new(i, new DataException($"refused {batch.Records[i].Offset}"), CanRetry: false));
                }

                return failures.Count > 0 ? throw new RecordsFailedException(failures) : ValueTask.CompletedTask;
            },
        };
        worker.Produce(1, 300);

        var pipeline = await worker.ReadAsync(
            sink, 1,
            [.. s_tolerant, ("value.converter", "StringConverter"), ("transforms", "wrap"),
                ("transforms.wrap.type", "org.apache.kafka.connect.transforms.HoistField$Value"), ("transforms.wrap.field", "f")]);
        using var reader = new DeadLetterReader(worker.Kafka, Dlq);
        var letters = reader.Read(100);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"0/{3 * i + 1}"), letters.Select(letter => Text(letter.Value)));
        var headers = letters[1].Headers.ToDictionary(header => header.Key, header => Text(header.GetValueBytes()));
        Assert.Equal("TASK_PUT", headers["__connect.errors.stage"]);
        Assert.Equal(typeof(TestSinkTask).FullName, headers["__connect.errors.class.name"]);
        Assert.Equal("refused 4", headers["__connect.errors.exception.message"]);
        await Eventually.HoldsAsync(() => sink.Count == 200);
        await CommitsAsync(pipeline, 300);
        Assert.True(reader.IsAtEnd());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_tolerance_the_record_is_there_before_the_task_fails(bool isConversion)
    {
        await using var worker = new TestWorker();
        worker.Kafka.CreateTopic(Dlq, 1);
        using var sink = new TestSink
        {
            OnPut = (batch, _, _) => isConversion
                ? ValueTask.CompletedTask
                : throw new RecordsFailedException([new(batch.Count - 1, new DataException("refused"), CanRetry: false)]),
        };
        worker.Send(TestWorker.Topic, 0, "k", "2");
        worker.Send(TestWorker.Topic, 0, "k", isConversion ? "no number" : "3");
        worker.Flush();

        var pipeline = await worker.ReadAsync(
            sink, 1, ("errors.deadletterqueue.topic.name", Dlq), ("value.converter", "JsonConverter"),
            ("value.converter.schemas.enable", "false"));
        var error = await Assert.ThrowsAsync<ConnectException>(() => pipeline.Completion.WaitAsync(s_patience));

        Assert.StartsWith("Tolerance exceeded in error handler", error.Message);
        using var reader = new DeadLetterReader(worker.Kafka, Dlq);
        Assert.Empty(Assert.Single(reader.Read(1)).Headers);
        Assert.True(reader.IsAtEnd());
        // What cannot be converted is found before anything of its fetch is put.
        Assert.Equal(isConversion ? 0 : 1, (await pipeline.FlushAsync(CancellationToken.None)).Single().Offset);
    }

    [Fact]
    public async Task A_record_that_a_sink_reports_gets_there_and_the_others_are_delivered()
    {
        await using var worker = new TestWorker();
        worker.Kafka.CreateTopic(Dlq, 1);
        using var sink = new TestSink();
        sink.OnPut = async (batch, _, _) =>
        {
            for (var i = 0; i < batch.Count; i++)
            {
                if (batch.Records[i].Offset % 10 == 5)
                    await sink.Context!.ErrantRecordReporter!.ReportAsync(batch.Records[i], new DataException("odd"));
            }
        };
        worker.Produce(1, 50);

        var pipeline = await worker.ReadAsync(sink, 1, s_tolerant);
        using var reader = new DeadLetterReader(worker.Kafka, Dlq);

        Assert.Equal(["0/5", "0/15", "0/25", "0/35", "0/45"], reader.Read(5).Select(letter => Text(letter.Value)));
        await CommitsAsync(pipeline, 50);
        Assert.Equal(45, pipeline.Progress.RecordsDelivered);
        Assert.Equal(5, pipeline.Progress.RecordsSkipped);
    }

    [Fact]
    public async Task A_report_that_is_not_tolerated_fails_the_task_and_commits_nothing_even_when_the_sink_goes_on()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        Exception? told = null;
        sink.OnPut = async (batch, _, _) =>
            told = await Record.ExceptionAsync(
                () => sink.Context!.ErrantRecordReporter!.ReportAsync(batch.Records[0], new DataException("odd")));
        worker.Produce(1, 1);

        var pipeline = await worker.ReadAsync(sink, 1, ("errors.log.enable", "true"), ("errors.log.include.messages", "true"));
        var error = await Assert.ThrowsAsync<ConnectException>(() => pipeline.Completion.WaitAsync(s_patience));

        Assert.Same(told, error);
        Assert.Equal(0, (await pipeline.FlushAsync(CancellationToken.None)).Single().Offset);
        var line = Assert.Single(worker.Log.Entries, entry => entry.Text.StartsWith("Error encountered", StringComparison.Ordinal)).Text;
        Assert.StartsWith(
            "Error encountered in task test-0. Executing stage 'TASK_PUT' with class 'Exports.Pipeline.Tests.TestSinkTask', "
            + "where consumed record is {topic='orders', partition=0, offset=0, timestamp=", line);
        Assert.EndsWith(", timestampType=CreateTime}.", line);
    }

    [Theory]
    [InlineData("errors.tolerance", "all", false)]
    [InlineData("errors.log.enable", "true", true)]
    [InlineData("errors.deadletterqueue.topic.name", Dlq, true)]
    public async Task A_sink_has_a_reporter_when_it_would_be_of_use(string key, string value, bool has)
    {
        await using var worker = new TestWorker();
        worker.Kafka.CreateTopic(Dlq, 1);
        using var sink = new TestSink();

        await worker.StartAsync(sink, (key, value));

        Assert.Equal(has, sink.Context!.ErrantRecordReporter is not null);
    }

    [Fact]
    public async Task No_offset_is_committed_before_the_record_is_there()
    {
        await using var worker = new TestWorker();
        using var elsewhere = EmbeddedKafka.Start(1, (Dlq, 1));
        using var sink = new TestSink
        {
            MaxBatchRecords = 10,
            OnPut = (batch, _, _) =>
            {
                for (var i = 0; i < batch.Count; i++)
                {
                    if (batch.Records[i].Offset == 15)
                        throw new RecordsFailedException([new(i, new DataException("refused"), CanRetry: false)]);
                }

                return ValueTask.CompletedTask;
            },
        };
        worker.Produce(1, 100);
        var pipeline = await worker.StartAsync(
            sink,
            [.. s_tolerant, ("producer.override.bootstrap.servers", elsewhere.BootstrapServers),
                ("admin.override.bootstrap.servers", elsewhere.BootstrapServers)]);
        elsewhere.SetDown();
        await pipeline.AssignAsync([.. TestWorker.Starts(1)], CancellationToken.None);
        await Eventually.HoldsAsync(() => sink.Count == 99);

        // A sink that has to be flushed is flushed once nothing is on its way, and what another task takes over is settled then.
        var flush = pipeline.FlushAsync(CancellationToken.None);
        Assert.NotSame(flush, await Task.WhenAny(flush, Task.Delay(300)));
        Assert.Equal(1, pipeline.Progress.Errors!.DeadLetterRequests);
        elsewhere.SetUp();

        Assert.Equal(100, (await flush.WaitAsync(s_patience)).Single().Offset);
        using var reader = new DeadLetterReader(elsewhere, Dlq);
        Assert.Equal("0/15", Text(Assert.Single(reader.Read(1)).Value));
    }

    [Fact]
    public async Task Where_nothing_is_to_be_flushed_what_comes_before_the_record_is_committed_at_once()
    {
        await using var worker = new TestWorker();
        using var elsewhere = EmbeddedKafka.Start(1, (Dlq, 1));
        using var sink = new TestSink
        {
            MaxBatchRecords = 10,
            NeedsFlush = false,
            OnPut = (batch, _, _) => batch.Records[0].Offset >= 10
                ? throw new RecordsFailedException([new(0, new DataException("refused"), CanRetry: false)])
                : ValueTask.CompletedTask,
        };
        worker.Produce(1, 10);
        var pipeline = await worker.StartAsync(
            sink,
            [.. s_tolerant, ("producer.override.bootstrap.servers", elsewhere.BootstrapServers),
                ("admin.override.bootstrap.servers", elsewhere.BootstrapServers)]);
        elsewhere.SetDown();
        await pipeline.AssignAsync([.. TestWorker.Starts(1)], CancellationToken.None);
        await CommitsAsync(pipeline, 10);
        worker.Produce(1, 5, from: 10);
        await Eventually.HoldsAsync(() => pipeline.Progress.Errors!.DeadLetterRequests > 0);

        Assert.Equal(10, (await pipeline.FlushAsync(CancellationToken.None)).Single().Offset);
        elsewhere.SetUp();
        await CommitsAsync(pipeline, 15);
    }

    [Theory]
    [InlineData("producer.override.max.request.size", "1000", "Raise producer.override.max.request.size")]
    [InlineData("", "", "Grant the dead letter producer Describe and Write on the topic")]
    public async Task A_record_that_does_not_get_there_fails_the_task_and_is_not_committed(string key, string value, string message)
    {
        await using var worker = new TestWorker();
        worker.Kafka.CreateTopic(Dlq, 1);
        using var sink = new TestSink();
        worker.Send(TestWorker.Topic, 0, "k", "1");
        worker.Send(TestWorker.Topic, 0, "k", new string('x', 2000));
        worker.Flush();
        (string, string)[] config =
            [.. s_tolerant, ("value.converter", "JsonConverter"), ("value.converter.schemas.enable", "false")];
        var pipeline = await worker.StartAsync(sink, key.Length > 0 ? [.. config, (key, value)] : config);
        if (key.Length == 0)
            worker.Kafka.SetTopicError(Dlq, ErrorCode.TopicAuthorizationFailed);
        await pipeline.AssignAsync([.. TestWorker.Starts(1)], CancellationToken.None);

        var error = await Assert.ThrowsAsync<ConnectException>(() => pipeline.Completion.WaitAsync(s_patience));

        Assert.StartsWith("The dead letter queue dlq did not take the record of topic orders, partition 0, offset 1: ", error.Message);
        Assert.Contains(message, error.Message);
        Assert.True((await pipeline.FlushAsync(CancellationToken.None)).Single().Offset <= 1);
        Assert.Equal(1, pipeline.Progress.Errors!.DeadLetterFailures);
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_is_created()
    {
        await using var worker = new TestWorker();
        await using var front = new AdminFront(worker.Kafka);
        using var sink = new TestSink();
        (string, string)[] config =
            [.. s_tolerant, ("errors.deadletterqueue.topic.name", "fresh"), ("admin.override.bootstrap.servers", front.Address)];

        await worker.StartAsync(sink, [.. config, ("errors.deadletterqueue.topic.replication.factor", "1")]);
        Assert.Equal(["fresh 1 1 "], front.Created);

        // It is asked for once.
        await worker.StartAsync(sink, config);
        Assert.Single(front.Created);
        Assert.Equal(1, worker.Factory.DeadLetterProducers);
    }

    [Theory]
    [InlineData(ErrorCode.InvalidReplicationFactor, "errors.deadletterqueue.topic.replication.factor=3: because")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "grant it Create on the topic, or create the topic.")]
    public async Task A_topic_that_cannot_be_created_is_refused_at_the_start(ErrorCode code, string message)
    {
        await using var worker = new TestWorker();
        await using var front = new AdminFront(worker.Kafka) { Error = code };
        using var sink = new TestSink();

        var error = await Assert.ThrowsAsync<ConnectException>(() => worker.StartAsync(
            sink, [.. s_tolerant, ("errors.deadletterqueue.topic.name", "fresh"), ("admin.override.bootstrap.servers", front.Address)]));

        Assert.StartsWith("Could not initialize dead letter queue with topic=fresh: ", error.Message);
        Assert.Contains(message, error.Message);
        Assert.Null(sink.Context);
        Assert.Equal(0, worker.Factory.DeadLetterProducers);
    }

    [Fact]
    public async Task Tasks_with_the_same_settings_share_a_producer_as_long_as_there_is_one_that_needs_it()
    {
        await using var worker = new TestWorker();
        worker.Kafka.CreateTopic(Dlq, 1);
        using var sink = new TestSink();
        var one = await worker.StartAsync(sink, [.. s_tolerant]);
        var two = await worker.StartAsync(sink, [.. s_tolerant, ("name", "other")]);
        Assert.Equal(1, worker.Factory.DeadLetterProducers);
        await using (await worker.StartAsync(sink, [.. s_tolerant, ("producer.override.linger.ms", "1")]))
            Assert.Equal(2, worker.Factory.DeadLetterProducers);
        await one.DisposeAsync();
        Assert.Equal(1, worker.Factory.DeadLetterProducers);
        await two.DisposeAsync();
        Assert.Equal(0, worker.Factory.DeadLetterProducers);
    }

    [Fact]
    public async Task Secrets_do_not_get_into_headers_and_logs()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "password=hunter2hunter2\n");
        try
        {
            await using var worker = new TestWorker(fileSecrets: true);
            worker.Kafka.CreateTopic(Dlq, 1);
            using var sink = new TestSink
            {
                OnPut = (_, _, _) => throw new RecordsFailedException(
                    [new(0, new DataException("login with hunter2hunter2 failed"), CanRetry: false)]),
            };
            worker.Produce(1, 1);
            await worker.ReadAsync(
                sink, 1, [.. s_tolerant, ("errors.log.enable", "true"), ("test.password", $"${{file:{file}:password}}")]);
            using var reader = new DeadLetterReader(worker.Kafka, Dlq);
            var letter = Assert.Single(reader.Read(1));

            Assert.All(letter.Headers, header => Assert.DoesNotContain("hunter2", Text(header.GetValueBytes())));
            Assert.Contains("login with ${file:", Text(letter.Headers.GetLastBytes("__connect.errors.exception.message")));
            Assert.All(worker.Log.Entries, entry => Assert.DoesNotContain("hunter2", entry.Text));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task CommitsAsync(ITaskPipeline pipeline, long offset)
    {
        long? last = null;
        for (var i = 0; i < 1000 && last != offset; i++)
        {
            last = (await pipeline.FlushAsync(CancellationToken.None).WaitAsync(s_patience)).SingleOrDefault().Offset;
            if (last != offset)
                await Task.Delay(10);
        }

        Assert.Equal(offset, last);
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
