namespace Exports.Grains.Tests;

public sealed class TopicTests : GrainsTest
{
    [Fact]
    public async Task A_topic_that_does_not_exist_is_waited_for()
    {
        World.SetTopic("orders", 1);
        await CreateAsync("c", "orders,views", 2);
        Assert.Contains("Waiting for topics that do not exist: views.", (await Connector("c").GetStatusAsync())!.Trace);

        World.SetTopic("views", 2);
        World.Produce("c", "views", 10);

        await Eventually.HoldsAsync(() => World.PartitionsOf("c").Count == 3);
        await IsDeliveredAsync("c");
        await RunsAsync("c", 2);
        Assert.Null((await Connector("c").GetStatusAsync())!.Trace);
    }

    [Fact]
    public async Task New_partitions_are_picked_up_without_disturbing_the_others()
    {
        World.SetTopic("orders", 2);
        await CreateAsync("c", "orders", 2);

        World.SetTopic("orders", 5);
        World.Produce("c", "orders", 10);

        await Eventually.HoldsAsync(() => Reads("c").Values.Sum(partitions => partitions.Split(' ').Length) == 5);
        await IsDeliveredAsync("c");
        Assert.Equal(2, World.Starts.Count);
        Assert.DoesNotContain(World.Moves, move => move.StartsWith('-'));
    }

    [Fact]
    public async Task A_pattern_finds_the_topics_that_match_it_whole_and_new_ones_when_they_come()
    {
        World.SetTopic("orders.eu", 1);
        World.SetTopic("reorders.eu", 1);
        var config = Config("", 1, ("topics.regex", "orders\\..*"));
        config.Remove("topics");
        await Connector("c").CreateAsync(config, TargetState.Running);
        await Eventually.HoldsAsync(() => Reads("c").GetValueOrDefault(0) == "orders.eu-0");

        World.SetTopic("orders.us", 1);

        await Eventually.HoldsAsync(() => Reads("c").GetValueOrDefault(0) == "orders.eu-0 orders.us-0");
    }

    [Fact]
    public async Task A_topic_that_is_missing_for_long_is_given_up_and_starts_anew_when_it_is_back()
    {
        World.SetTopic("orders", 1);
        World.SetTopic("views", 1);
        World.Produce("c", "views", 10);
        await CreateAsync("c", "orders,views");
        await IsDeliveredAsync("c");

        World.SetTopic("views", 0);
        await Eventually.HoldsAsync(() => Reads("c").GetValueOrDefault(0) == "orders-0");
        await Eventually.HoldsAsync(async () => (await Connector("c").GetOffsetsAsync())!.Offsets.All(offset => offset.Topic != "views"));

        World.Forget("c");
        World.SetTopic("views", 1);
        World.SetGroupOffset("connect-c", "views", 0, 2); // Kafka itself forgets the offsets of a deleted topic.
        await Eventually.HoldsAsync(() => World.Moves.Contains("+c-0 views-0@2"));
    }

    [Fact]
    public async Task A_connector_that_is_created_while_Kafka_is_down_starts_when_Kafka_is_back()
    {
        World.SetTopic("orders", 2);
        World.IsKafkaDown = true;
        Assert.NotNull((await Connector("c").CreateAsync(Config("orders", 2), TargetState.Running)).Info);
        await Eventually.HoldsAsync(async () => (await Connector("c").GetStatusAsync())!.Trace is "Waiting for Kafka: Kafka did not answer in time.");
        Assert.Equal(RunState.Unassigned, (await Connector("c").GetStatusAsync())!.State);

        World.Produce("c", "orders", 10);
        World.IsKafkaDown = false;

        await RunsAsync("c", 2);
        await IsDeliveredAsync("c");
        Assert.Null((await Connector("c").GetStatusAsync())!.Trace);
    }

    [Fact]
    public async Task A_worker_that_starts_while_Kafka_is_down_waits_with_its_tasks_and_takes_changes_all_the_same()
    {
        World.SetTopic("orders", 2);
        World.Produce("c", "orders", 10);
        await CreateAsync("c", "orders", 2);
        await IsDeliveredAsync("c");
        await StopWorkerAsync();
        World.IsKafkaDown = true;
        await StartWorkerAsync();
        await IsAsync("c", RunState.Running, RunState.Unassigned, RunState.Unassigned);
        await Eventually.HoldsAsync(async () =>
            (await Connector("c").GetStatusAsync())!.Tasks.All(task => task.Trace == "Kafka did not answer in time."));

        await Connector("c").PutConfigAsync(Config("orders", 1));
        await IsAsync("c", RunState.Running, RunState.Unassigned);
        await Connector("c").SetTargetStateAsync(TargetState.Stopped);
        Assert.Equal([new("orders", 0, 10), new("orders", 1, 10)], (await Connector("c").GetOffsetsAsync())!.Offsets);
        await Connector("c").SetTargetStateAsync(TargetState.Running);
        World.Produce("c", "orders", 10);
        World.IsKafkaDown = false;

        await RunsAsync("c", 1);
        await IsDeliveredAsync("c");
        Assert.Equal(40, World.PartitionsOf("c").Values.Sum(partition => partition.Deliveries));
    }

    [Fact]
    public async Task An_impossible_configuration_fails_the_connector_until_it_is_mended()
    {
        World.SetTopic("orders", 1);
        var config = Config("", 1, ("topics.regex", "orders["));
        config.Remove("topics");
        await Connector("c").CreateAsync(config, TargetState.Running);
        await IsAsync("c", RunState.Failed);
        Assert.Contains("topics.regex", (await Connector("c").GetStatusAsync())!.Trace);

        await Connector("c").PutConfigAsync(Config("orders"));

        await RunsAsync("c", 1);
    }
}
