using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline.Tests;

public sealed class ClusterTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Group_offsets_are_read_as_they_were_written()
    {
        await using var worker = new TestWorker(partitions: 3);
        var partitions = Enumerable.Range(0, 3).Select(p => new TopicPartition(TestWorker.Topic, p)).ToArray();

        Assert.Empty(await worker.Groups.ReadAsync("g", partitions, CancellationToken.None));
        await worker.Groups.WriteAsync("g", [new(partitions[0], 5), new(partitions[2], 0)], CancellationToken.None);
        await worker.Groups.WriteAsync("g", [new(partitions[0], 6)], CancellationToken.None);
        await worker.Groups.WriteAsync("other", [new(partitions[1], 1)], CancellationToken.None);

        var offsets = await worker.Groups.ReadAsync("g", partitions, CancellationToken.None);
        Assert.Equal(2, offsets.Count);
        Assert.Equal(6, offsets[partitions[0]]);
        Assert.Equal(0, offsets[partitions[2]]);
        Assert.Empty(await worker.Groups.ReadAsync("g", [], CancellationToken.None));
        await worker.Groups.WriteAsync("g", [], CancellationToken.None);
    }

    [Fact]
    public async Task A_broker_that_cannot_remove_offsets_is_not_asked_to()
    {
        await using var worker = new TestWorker();
        var partition = new TopicPartition(TestWorker.Topic, 0);
        await worker.Groups.WriteAsync("g", [new(partition, 5)], CancellationToken.None);

        Assert.False(await worker.Groups.RemoveAsync("g", [partition], CancellationToken.None));

        Assert.Equal(5, (await worker.Groups.ReadAsync("g", [partition], CancellationToken.None))[partition]);
    }

    [Fact]
    public async Task Offsets_are_removed_where_the_broker_can_do_that()
    {
        using var kafka = EmbeddedKafka.Start(1, (TestWorker.Topic, 3));
        await using var front = new GroupFront(kafka);
        await using var worker = new TestWorker(
            configure: options => options with { Client = new Dictionary<string, string> { ["bootstrap.servers"] = front.Address } });
        var partitions = Enumerable.Range(0, 3).Select(p => new TopicPartition(TestWorker.Topic, p)).ToArray();
        Assert.True(await worker.Groups.RemoveAsync("g", [], CancellationToken.None));
        await worker.Groups.ReadAsync("g", partitions, CancellationToken.None);

        Assert.True(await worker.Groups.RemoveAsync("g", [partitions[0], partitions[2]], CancellationToken.None));
        Assert.Equal(["g orders-0", "g orders-2"], front.Removed.Order());

        front.PartitionError = Confluent.Kafka.ErrorCode.UnknownTopicOrPart;
        Assert.True(await worker.Groups.RemoveAsync("g", partitions, CancellationToken.None));
        front.PartitionError = Confluent.Kafka.ErrorCode.GroupSubscribedToTopic;
        await Assert.ThrowsAsync<GroupActiveException>(() => worker.Groups.RemoveAsync("g", partitions, CancellationToken.None));
        front.PartitionError = default;
        front.Error = Confluent.Kafka.ErrorCode.NonEmptyGroup;
        await Assert.ThrowsAsync<GroupActiveException>(() => worker.Groups.RemoveAsync("g", partitions, CancellationToken.None));
        front.Error = Confluent.Kafka.ErrorCode.GroupAuthorizationFailed;
        Assert.Contains("GroupAuthorizationFailed", (await Assert.ThrowsAsync<ConnectException>(
            () => worker.Groups.RemoveAsync("g", partitions, CancellationToken.None))).Message);
    }

    [Theory]
    [InlineData("earliest", 0)]
    [InlineData("latest", 10)]
    public async Task A_partition_that_is_reset_begins_where_the_configuration_says_whatever_its_group_has(string reset, int first)
    {
        await using var worker = new TestWorker();
        var sink = new TestSink();
        worker.Produce(1, 10);
        await worker.Groups.WriteAsync("connect-test", [new(new(TestWorker.Topic, 0), 4)], CancellationToken.None);
        var pipeline = await worker.StartAsync(sink, ("consumer.override.auto.offset.reset", reset));

        await pipeline.AssignAsync([.. TestWorker.Starts(1, StartPosition.Reset)], CancellationToken.None);
        worker.Produce(1, 5, from: 10);

        await Eventually.HoldsAsync(() => sink.Count == 15 - first);
        Assert.Equal(["orders"], pipeline.Progress.Topics);
        pipeline.ForgetTopics();
        Assert.Empty(pipeline.Progress.Topics);
    }

    [Fact]
    public async Task Group_offsets_have_a_time_limit()
    {
        await using var worker = new TestWorker(
            configure: o => o with { RequestTimeout = TimeSpan.FromMilliseconds(300) }, startsDown: true);
        var partition = new TopicPartition(TestWorker.Topic, 0);

        await Assert.ThrowsAsync<RetriableException>(
            () => worker.Groups.ReadAsync("g", [partition], CancellationToken.None).WaitAsync(s_patience));
        await Assert.ThrowsAsync<RetriableException>(
            () => worker.Groups.WriteAsync("g", [new(partition, 1)], CancellationToken.None).WaitAsync(s_patience));
        using var cancel = new CancellationTokenSource();
        var read = worker.Groups.ReadAsync("g", [partition], cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(s_patience));
    }

    [Fact]
    public async Task Questions_that_an_outage_leaves_unanswered_are_survived_and_keep_their_order()
    {
        await using var worker = new TestWorker(
            configure: o => o with { RequestTimeout = TimeSpan.FromMilliseconds(100) }, brokers: 2);
        var partition = new TopicPartition(TestWorker.Topic, 0);
        var groups = Enumerable.Range(0, 8).Select(i => $"g{i}").ToArray();
        var positions = new StartPositions(
            worker.Admin,
            worker.Groups,
            new("g0", StartPositions.Reset.Latest, Confluent.Kafka.IsolationLevel.ReadUncommitted));
        const int Rounds = 2;
        var unanswered = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            worker.Kafka.SetDown();
            foreach (var group in groups)
            {
                var offset = round;
                var questions = new Task[]
                {
                    worker.Groups.WriteAsync(group, [new(partition, offset)], CancellationToken.None),
                    worker.Groups.ReadAsync(group, [partition], CancellationToken.None),
                    positions.ResetAsync(partition, CancellationToken.None),
                };
                foreach (var question in questions)
                    unanswered += await IsUnansweredAsync(question.WaitAsync(s_patience)) ? 1 : 0;
            }

            worker.Kafka.SetUp();
            foreach (var group in groups)
            {
                var expected = 100 + round;
                await RetryAsync(() => worker.Groups.WriteAsync(group, [new(partition, expected)], CancellationToken.None));
                IReadOnlyDictionary<TopicPartition, long>? offsets = null;
                await RetryAsync(async () => offsets = await worker.Groups.ReadAsync(group, [partition], CancellationToken.None));
                Assert.Equal(expected, offsets![partition]);
            }

            await RetryAsync(() => positions.ResetAsync(partition, CancellationToken.None));
        }

        Assert.InRange(unanswered, 2 * groups.Length * Rounds, 3 * groups.Length * Rounds);
        worker.Kafka.SetDown();
        Assert.True(await IsUnansweredAsync(worker.Groups.ReadAsync("last", [partition], CancellationToken.None)));
    }

    private static async Task<bool> IsUnansweredAsync(Task question)
    {
        try
        {
            await question;
            return false;
        }
        catch (RetriableException)
        {
            return true;
        }
    }

    private static async Task RetryAsync(Func<Task> ask)
    {
        for (var left = 300; ; left--)
        {
            try
            {
                await ask();
                return;
            }
            catch (RetriableException) when (left > 0)
            {
                await Task.Delay(20);
            }
        }
    }

    [Fact]
    public async Task The_catalog_knows_topics_and_notices_new_ones()
    {
        await using var worker = new TestWorker(
            partitions: 3, o => o with { MetadataMaxAge = TimeSpan.FromMilliseconds(50), RequestTimeout = TimeSpan.FromSeconds(2) });
        worker.Kafka.CreateTopic("__consumer_offsets", 5);
        await using var catalog = new TopicCatalog(
            worker.Admin, worker.Options, TimeProvider.System, worker.Log.CreateLogger<TopicCatalog>());

        var first = await catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(new Dictionary<string, int> { [TestWorker.Topic] = 3 }, first.Partitions);
        Assert.Same(first, await catalog.RefreshAsync(CancellationToken.None));
        worker.Kafka.CreateTopic("views", 7);
        var second = await catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(7, second.Partitions["views"]);

        worker.Kafka.CreateTopic("later", 2);
        await Eventually.HoldsAsync(() => catalog.Current!.Partitions.ContainsKey("later"));
        Assert.Null(catalog.LastError);
    }

    [Fact]
    public async Task The_catalog_keeps_what_it_knows_during_an_outage_and_says_so_once()
    {
        await using var worker = new TestWorker(configure: o => o with
        {
            MetadataMaxAge = TimeSpan.FromMilliseconds(10),
            RequestTimeout = TimeSpan.FromMilliseconds(200),
        });
        await using var catalog = new TopicCatalog(
            worker.Admin, worker.Options, TimeProvider.System, worker.Log.CreateLogger<TopicCatalog>());
        await Eventually.HoldsAsync(() => catalog.Current is not null);

        worker.Kafka.SetDown();
        await Eventually.HoldsAsync(() => catalog.LastError is not null);
        await Assert.ThrowsAsync<RetriableException>(() => catalog.RefreshAsync(CancellationToken.None).WaitAsync(s_patience));
        Assert.NotNull(catalog.Current);

        worker.Kafka.SetUp();
        await Eventually.HoldsAsync(() => catalog.LastError is null);
        Assert.InRange(worker.Log.CountOf("cannot be read at present"), 1, 3);
        Assert.Equal(1, worker.Log.CountOf("can be read again"));
    }
}
