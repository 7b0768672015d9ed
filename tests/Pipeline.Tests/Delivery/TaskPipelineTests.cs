using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Tests;

public sealed class TaskPipelineTests
{
    private static readonly string s_topic = TestWorker.Topic;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Revoked_partitions_are_carried_on_elsewhere_without_loss_or_duplicate()
    {
        await using var worker = new TestWorker(partitions: 4);
        using var first = new TestSink { MaxInFlight = 3, MaxBatchRecords = 20, OnPut = async (_, n, _) => await Task.Delay(n % 3) };
        using var second = new TestSink();
        worker.Produce(4, 3000);
        var one = await worker.ReadAsync(first, 4);
        await Eventually.HoldsAsync(() => first.Count > 500);

        var given = await one.RevokeAsync([new(s_topic, 1), new(s_topic, 3)], CancellationToken.None);
        var two = await worker.StartAsync(second, ("name", "second"));
        await two.AssignAsync([.. given.Select(o => new StartPosition(o.Partition, o.Offset))], CancellationToken.None);

        await Eventually.HoldsAsync(() => first.Count + second.Count >= 12_000);
        Assert.Equal(2, given.Count);
        foreach (var p in new[] { 1, 3 })
        {
            var offset = given.Single(o => o.Partition.Partition == p).Offset;
            Assert.Equal(Enumerable.Range(0, (int)offset).Select(i => (long)i), first.Offsets(s_topic, p).Order());
            Assert.Equal(Enumerable.Range((int)offset, 3000 - (int)offset).Select(i => (long)i), second.Offsets(s_topic, p));
        }

        foreach (var p in new[] { 0, 2 })
            Assert.Equal(Enumerable.Range(0, 3000).Select(i => (long)i), first.Offsets(s_topic, p).Order());
        var rest = await one.FlushAsync(CancellationToken.None);
        Assert.Equal([0, 2], rest.Select(o => o.Partition.Partition).Order());
        Assert.All(rest, o => Assert.Equal(3000, o.Offset));
    }

    [Fact]
    public async Task A_revoked_partition_can_be_assigned_again()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        worker.Produce(1, 100);
        var pipeline = await worker.ReadAsync(sink, 1);
        for (var i = 0; i < 20; i++)
        {
            var given = await pipeline.RevokeAsync([new(s_topic, 0)], CancellationToken.None);
            await pipeline.AssignAsync([new(new(s_topic, 0), given.SingleOrDefault().Offset)], CancellationToken.None);
        }

        await Eventually.HoldsAsync(() => sink.Count == 100);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), sink.Offsets(s_topic, 0));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => pipeline.AssignAsync([new(new(s_topic, 0), 0)], CancellationToken.None));
        Assert.Empty(await pipeline.RevokeAsync([new(s_topic, 7)], CancellationToken.None));
    }

    [Fact]
    public async Task Partitions_that_wait_for_a_retry_can_be_revoked_and_are_not_acknowledged()
    {
        await using var worker = new TestWorker(partitions: 2);
        using var sink = new TestSink { MaxInFlight = 2 };
        var fails = true;
        sink.OnPut = (_, _, _) => Volatile.Read(ref fails)
            ? throw new RetriableException("away", retryAfter: TimeSpan.FromMilliseconds(50))
            : ValueTask.CompletedTask;
        worker.Produce(2, 100);
        var pipeline = await worker.ReadAsync(sink, 2);
        await Eventually.HoldsAsync(() => pipeline.Progress.Retries > 1);

        var given = await pipeline.RevokeAsync([new(s_topic, 0)], CancellationToken.None);
        Assert.All(given, o => Assert.Equal(0, o.Offset));
        Volatile.Write(ref fails, false);
        await Eventually.HoldsAsync(
            () => sink.Count == 100,
            () => $"{sink.Offsets(s_topic, 0).Length} and {sink.Offsets(s_topic, 1).Length} records, {sink.Puts} puts, {pipeline.Progress}");
        Assert.Empty(sink.Offsets(s_topic, 0));
        Assert.Equal(100, Assert.Single(await pipeline.FlushAsync(CancellationToken.None)).Offset);
        await Eventually.HoldsAsync(() => pipeline.Progress.BytesBuffered == 0);
    }

    [Fact]
    public async Task A_flush_waits_for_puts_and_covers_what_they_delivered()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { MaxInFlight = 4, MaxBatchRecords = 10 };
        var opened = new TaskCompletionSource();
        var deliveredAtFlush = -1;
        var (begun, puts) = (0, 0);
        sink.OnPut = async (batch, _, _) =>
        {
            Interlocked.Add(ref begun, batch.Count);
            Interlocked.Increment(ref puts);
            await opened.Task;
        };
        sink.OnFlush = _ =>
        {
            deliveredAtFlush = sink.Count;
            return Task.CompletedTask;
        };
        worker.Produce(1, 100);
        var pipeline = await worker.ReadAsync(sink, 1);
        await Eventually.HoldsAsync(() => Volatile.Read(ref puts) == 4);
        var underWay = begun;

        var flush = pipeline.FlushAsync(CancellationToken.None);
        Assert.Equal(-1, deliveredAtFlush);
        opened.SetResult();
        var offset = Assert.Single(await flush.WaitAsync(s_patience)).Offset;

        Assert.Equal(underWay, offset);
        Assert.Equal(underWay, deliveredAtFlush);
        await Eventually.HoldsAsync(() => sink.Count == 100);
    }

    [Fact]
    public async Task A_sink_that_cannot_flush_yields_no_offsets()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { OnFlush = _ => throw new IOException("disk full") };
        worker.Produce(1, 10);
        var pipeline = await worker.ReadAsync(sink, 1);
        await Eventually.HoldsAsync(() => sink.Count == 10);

        var error = await Assert.ThrowsAsync<ConnectException>(() => pipeline.FlushAsync(CancellationToken.None));
        Assert.Contains("disk full", error.Message);
        sink.OnFlush = null;
        Assert.Equal(10, Assert.Single(await pipeline.FlushAsync(CancellationToken.None)).Offset);
    }

    [Fact]
    public async Task A_flush_that_is_given_up_leaves_the_pipeline_going()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { MaxBatchRecords = 5 };
        var opened = new TaskCompletionSource();
        sink.OnPut = async (_, _, _) => await opened.Task;
        worker.Produce(1, 50);
        var pipeline = await worker.ReadAsync(sink, 1);
        await Eventually.HoldsAsync(() => sink.Puts == 1);
        using var cancel = new CancellationTokenSource();

        var flush = pipeline.FlushAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);
        opened.SetResult();

        await Eventually.HoldsAsync(() => sink.Count == 50);
    }

    [Fact]
    public async Task Pause_and_resume_lose_and_repeat_nothing()
    {
        await using var worker = new TestWorker(partitions: 3);
        using var sink = new TestSink { MaxInFlight = 2, MaxBatchRecords = 30, OnPut = async (_, n, _) => await Task.Delay(n % 2) };
        worker.Produce(3, 2000);
        var pipeline = await worker.ReadAsync(sink, 3);
        for (var i = 1; i <= 5; i++)
        {
            await Eventually.HoldsAsync(() => sink.Count > i * 300);
            await pipeline.PauseAsync(CancellationToken.None);
            var count = sink.Count;
            Assert.Equal(0, worker.Factory.Lanes);
            Assert.Equal(0, pipeline.Progress.BytesBuffered);
            await pipeline.FlushAsync(CancellationToken.None);
            Assert.Equal(count, sink.Count);
            await pipeline.ResumeAsync(CancellationToken.None);
        }

        await Eventually.HoldsAsync(() => sink.Count >= 6000);
        for (var p = 0; p < 3; p++)
            Assert.Equal(Enumerable.Range(0, 2000).Select(i => (long)i), sink.Offsets(s_topic, p).Order());
        Assert.Equal(6000, pipeline.Progress.RecordsRead);
    }

    [Fact]
    public async Task Partitions_assigned_during_a_pause_are_read_after_it()
    {
        await using var worker = new TestWorker(partitions: 2);
        using var sink = new TestSink();
        worker.Produce(2, 10);
        var pipeline = await worker.ReadAsync(sink, 1);
        await Eventually.HoldsAsync(() => sink.Count == 10);
        await pipeline.PauseAsync(CancellationToken.None);
        await pipeline.AssignAsync([new(new(s_topic, 1), 0)], CancellationToken.None);
        Assert.Equal(0, worker.Factory.Lanes);

        await pipeline.ResumeAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() => sink.Count == 20);
    }

    [Fact]
    public async Task A_paused_retry_is_made_after_the_pause()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        var fails = true;
        sink.OnPut = (_, _, _) => Volatile.Read(ref fails)
            ? throw new RetriableException("away", retryAfter: TimeSpan.FromMilliseconds(5))
            : ValueTask.CompletedTask;
        worker.Produce(1, 10);
        var pipeline = await worker.ReadAsync(sink, 1);
        await Eventually.HoldsAsync(() => sink.Puts > 1);
        await pipeline.PauseAsync(CancellationToken.None);
        var puts = sink.Puts;
        Volatile.Write(ref fails, false);
        Assert.Equal(0, Assert.Single(await pipeline.FlushAsync(CancellationToken.None)).Offset);
        Assert.Equal(puts, sink.Puts);

        await pipeline.ResumeAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() => sink.Count == 10);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), sink.Offsets(s_topic, 0));
    }

    [Theory]
    [InlineData(Behaviour.HeedsCancellation)]
    [InlineData(Behaviour.IgnoresCancellation)]
    [InlineData(Behaviour.BlocksItsThread)]
    public async Task Disposal_ends_although_the_sink_hangs_and_stops_it_once(Behaviour behaviour)
    {
        await using var worker = new TestWorker(
            partitions: 2, o => o with { ShutdownGrace = TimeSpan.FromMilliseconds(200) });
        using var sink = new TestSink { MaxInFlight = 2, MaxBatchRecords = 10 };
        using var gate = new ManualResetEventSlim();
        var opened = new TaskCompletionSource();
        var seen = new List<string>();
        sink.OnPut = async (batch, _, token) =>
        {
            if (behaviour == Behaviour.BlocksItsThread)
                gate.Wait();
            else if (behaviour == Behaviour.IgnoresCancellation)
                await opened.Task;
            else
                await Task.Delay(Timeout.Infinite, token);
            lock (seen)
                seen.AddRange(batch.Records.ToArray().Select(r => Delivered.From(r).Value!));
        };
        worker.Produce(2, 1000);
        var pipeline = await worker.ReadAsync(sink, 2);
        await Eventually.HoldsAsync(() => sink.Puts >= 1);

        await pipeline.DisposeAsync().AsTask().WaitAsync(s_patience);
        await pipeline.DisposeAsync();

        Assert.Equal(1, sink.Stops);
        Assert.True(pipeline.Completion.IsCompletedSuccessfully);
        Assert.Equal(0, worker.Factory.Lanes);
        if (behaviour != Behaviour.HeedsCancellation)
        {
            // The sink still has its records, whole.
            Assert.NotEqual(0, worker.Factory.BytesBuffered);
            gate.Set();
            opened.SetResult();
            await Eventually.HoldsAsync(() => seen.Count > 0);
            lock (seen)
                Assert.Contains(seen, value => value is "0/0" or "1/0");
        }

        await Eventually.HoldsAsync(() => worker.Factory.BytesBuffered == 0);
    }

    [Fact]
    public async Task Revocation_does_not_wait_for_a_sink_that_hangs()
    {
        await using var worker = new TestWorker(
            partitions: 2, o => o with { ShutdownGrace = TimeSpan.FromMilliseconds(200) });
        using var sink = new TestSink { MaxBatchRecords = 10 };
        var opened = new TaskCompletionSource();
        sink.OnPut = async (_, _, _) => await opened.Task;
        worker.Produce(2, 100);
        var pipeline = await worker.ReadAsync(sink, 2);
        await Eventually.HoldsAsync(() => sink.Puts == 1);

        var error = await Assert.ThrowsAsync<ConnectException>(
            () => pipeline.RevokeAsync([new(s_topic, 0)], CancellationToken.None).WaitAsync(s_patience));
        Assert.Contains("will be delivered again", error.Message);

        opened.SetResult();
        await Eventually.HoldsAsync(() => sink.Offsets(s_topic, 1).Length == 100);
        Assert.Equal(1, Assert.Single(await pipeline.FlushAsync(CancellationToken.None)).Partition.Partition);
        Assert.InRange(sink.Offsets(s_topic, 0).Length, 0, 10);
    }

    [Fact]
    public async Task A_sink_that_does_not_start_is_stopped()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { OnStart = () => throw new ConfigException("file", "x", "must be absolute") };
        var error = await Assert.ThrowsAsync<ConfigException>(() => worker.StartAsync(sink));
        Assert.Contains("must be absolute", error.Message);
        Assert.Equal(1, sink.Stops);

        sink.OnStart = () => throw new IOException("no route");
        var other = await Assert.ThrowsAsync<ConnectException>(() => worker.StartAsync(sink));
        Assert.Contains("no route", other.Message);
        Assert.Equal(2, sink.Stops);
    }

    [Theory]
    [InlineData("consumer.override.bootstrap.servers", "elsewhere:9092", "not supported yet")]
    [InlineData("consumer.override.auto.offset.reset", "sometime", "allowed: earliest, latest, none")]
    [InlineData("consumer.override.fetch.max.wait.ms", "soon", "fetch.max.wait.ms")]
    [InlineData("connector.class", "Nonsense", "Nonsense")]
    [InlineData("value.converter", "Nonsense", "Nonsense")]
    public async Task What_cannot_work_is_refused_at_the_start(string key, string value, string message)
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();

        var error = await Assert.ThrowsAnyAsync<ConnectException>(() => worker.StartAsync(sink, (key, value)));

        Assert.Contains(message, error.Message);
        Assert.Equal(0, sink.Stops);
    }

    [Fact]
    public async Task What_the_policy_no_longer_allows_is_refused_at_the_start()
    {
        await using var worker = new TestWorker(configure: options => options with { Overrides = ClientOverridePolicy.None });
        using var sink = new TestSink();

        var error = await Assert.ThrowsAsync<ConfigException>(() => worker.StartAsync(sink, ("consumer.override.fetch.max.wait.ms", "5")));

        Assert.Contains("consumer.override.fetch.max.wait.ms: The 'None' policy does not allow", error.Message);
        await worker.StartAsync(sink, ("producer.override.linger.ms", "5"));
    }

    [Fact]
    public async Task Secrets_do_not_appear_in_errors()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "password=hunter2hunter2\n");
        try
        {
            await using var worker = new TestWorker(fileSecrets: true);
            using var sink = new TestSink { OnPut = (_, _, _) => throw new InvalidOperationException("login with hunter2hunter2 failed") };
            worker.Produce(1, 1);
            var pipeline = await worker.ReadAsync(sink, 1, ("test.password", $"${{file:{file}:password}}"));

            var error = await Assert.ThrowsAnyAsync<Exception>(() => pipeline.Completion.WaitAsync(s_patience));

            Assert.DoesNotContain("hunter2", error.ToString());
            Assert.Contains("login with", error.Message);
            Assert.DoesNotContain("hunter2", pipeline.Progress.LastError);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public enum Behaviour
    {
        HeedsCancellation,
        IgnoresCancellation,
        BlocksItsThread,
    }
}
