namespace Exports.Grains.Tests;

public sealed class LifecycleTests : GrainsTest
{
    [Fact]
    public async Task A_created_connector_spreads_its_partitions_over_its_tasks_and_delivers()
    {
        World.SetTopic("orders", 5);
        World.Produce("c", "orders", 10);
        await CreateAsync("c", "orders", tasksMax: 2);

        await IsDeliveredAsync("c");
        Assert.Equal(new() { [0] = "orders-0 orders-2 orders-4", [1] = "orders-1 orders-3" }, Reads("c"));
        Assert.Equal(50, World.PartitionsOf("c").Values.Sum(partition => partition.Deliveries));
        await Eventually.HoldsAsync(() => World.GroupOffset("connect-c", "orders", 4) == 10);
        Assert.Equal(["c"], await Grains.GetGrain<IConnectorIndexGrain>(IConnectorIndexGrain.Key).ListAsync());
        var info = (await Connector("c").GetInfoAsync())!;
        Assert.Equal("c", info.Config["name"]);
        Assert.Equal([0, 1], info.Tasks);
        var status = (await Connector("c").GetStatusAsync())!;
        Assert.Equal(("worker:8083", null, "Fake"), (status.WorkerId, status.Trace, status.ConnectorClass));
        Assert.All(status.Tasks, task => Assert.Equal(("worker:8083", null, 1L), (task.WorkerId, task.Trace, task.Epoch)));
    }

    [Fact]
    public async Task What_does_not_exist_answers_so_and_is_left_alone()
    {
        var connector = Connector("none");

        Assert.Null(await connector.GetInfoAsync());
        Assert.Null(await connector.GetStatusAsync());
        Assert.Null(await connector.GetOffsetsAsync());
        Assert.Null(await connector.RestartAsync(includeTasks: true, onlyFailed: false));
        Assert.False(await connector.DeleteAsync());
        Assert.False(await connector.SetTargetStateAsync(TargetState.Stopped));
        Assert.Equal(RestartTaskResult.UnknownConnector, await connector.RestartTaskAsync(0));
        await connector.EnsureRunningAsync();
        Assert.Equal(RunState.Unassigned, (await TaskOf("none", 0).GetStatusAsync()).State);
        Assert.Empty(World.Storage.Keys);
    }

    [Fact]
    public async Task A_first_start_goes_on_where_the_Kafka_group_stands()
    {
        World.SetTopic("orders", 1);
        World.Produce("c", "orders", 10);
        World.Partition("c", "orders", 0).Delivered = 7; // By Kafka Connect.
        World.SetGroupOffset("connect-c", "orders", 0, 7);
        await CreateAsync("c", "orders");

        await IsDeliveredAsync("c");
        Assert.Equal(3, World.Partition("c", "orders", 0).Deliveries);
    }

    [Fact]
    public async Task Of_two_that_create_a_connector_at_once_one_wins()
    {
        World.SetTopic("orders", 2);
        var created = await Task.WhenAll(
            Enumerable.Range(1, 4).Select(i => Connector("c").CreateAsync(Config("orders", i), TargetState.Running)));

        var winner = Assert.Single(created, result => result.Info is not null).Info!;
        var tasks = int.Parse(winner.Config["tasks.max"]);
        await RunsAsync("c", tasks);
        Assert.Equal(winner.Config, (await Connector("c").GetInfoAsync())!.Config);
    }

    [Fact]
    public async Task Of_two_that_change_a_connector_at_once_the_last_one_wins_whole()
    {
        World.SetTopic("orders", 6);
        World.Produce("c", "orders", 10);
        await CreateAsync("c", "orders");

        await Task.WhenAll(Enumerable.Range(1, 6).Select(i => Connector("c").PutConfigAsync(Config("orders", i, ("mark", $"{i}")))));

        var config = (await Connector("c").GetInfoAsync())!.Config;
        Assert.Equal(config["tasks.max"], config["mark"]);
        var tasks = int.Parse(config["mark"]);
        await RunsAsync("c", tasks);
        await Eventually.HoldsAsync(() => World.Pipelines.Count == tasks && World.Pipelines.All(pipeline => pipeline.Spec.Config["mark"] == config["mark"]));
        await IsDeliveredAsync("c");
    }

    [Fact]
    public async Task An_unchanged_configuration_disturbs_nothing()
    {
        World.SetTopic("orders", 2);
        var connector = await CreateAsync("c", "orders", 2);
        var moves = World.Moves.Count;

        var result = await connector.PutConfigAsync(Config("orders", 2));
        await connector.EnsureRunningAsync();

        Assert.False(result.Created);
        Assert.Equal(moves, World.Moves.Count);
        Assert.All((await connector.GetStatusAsync())!.Tasks, task => Assert.Equal(1, task.Epoch));
    }

    [Fact]
    public async Task A_changed_configuration_restarts_the_tasks_where_they_were()
    {
        World.SetTopic("orders", 2);
        World.Produce("c", "orders", 10);
        var connector = await CreateAsync("c", "orders", 2);
        await IsDeliveredAsync("c");

        await connector.PutConfigAsync(Config("orders", 2, ("mark", "new")));

        await Eventually.HoldsAsync(() => World.Pipelines.Count == 2 && World.Pipelines.All(pipeline => pipeline.Spec.Config.ContainsKey("mark")));
        await RunsAsync("c", 2);
        World.Produce("c", "orders", 5);
        await IsDeliveredAsync("c");
        Assert.Equal(30, World.PartitionsOf("c").Values.Sum(partition => partition.Deliveries));
        Assert.Equal(4, World.Starts.Count);
    }

    [Fact]
    public async Task A_configuration_put_where_nothing_was_creates_the_connector()
    {
        World.SetTopic("orders", 1);

        var result = await Connector("c").PutConfigAsync(Config("orders"));

        Assert.True(result.Created);
        await RunsAsync("c", 1);
    }

    [Theory]
    [InlineData(6, 2)]
    [InlineData(2, 6)]
    [InlineData(3, 8)]
    public async Task Another_number_of_tasks_moves_partitions_with_their_offsets(int before, int after)
    {
        World.SetTopic("orders", 6);
        World.Produce("c", "orders", 10);
        var connector = await CreateAsync("c", "orders", before);
        await IsDeliveredAsync("c");

        await connector.PutConfigAsync(Config("orders", after));

        await RunsAsync("c", after);
        await Eventually.HoldsAsync(() => World.Pipelines.Sum(pipeline => pipeline.Partitions.Count) == 6);
        World.Produce("c", "orders", 5);
        await IsDeliveredAsync("c");
        Assert.Equal(90, World.PartitionsOf("c").Values.Sum(partition => partition.Deliveries));
        Assert.All(Reads("c").Values, partitions => Assert.InRange(partitions.Split(' ').Length, 6 / after, 1 + (6 / after)));
        await Eventually.HoldsAsync(() => World.Storage.Keys.Count(key => key.Contains("task/c/")) == after);
    }

    [Fact]
    public async Task A_paused_connector_keeps_its_pipelines_and_delivers_nothing_until_it_is_resumed()
    {
        World.SetTopic("orders", 2);
        var connector = await CreateAsync("c", "orders", 2);

        Assert.True(await connector.SetTargetStateAsync(TargetState.Paused));
        await IsAsync("c", RunState.Paused, RunState.Paused, RunState.Paused);
        await Eventually.HoldsAsync(() => World.Pipelines.Count == 2 && World.Pipelines.All(pipeline => pipeline.IsPaused));
        World.Produce("c", "orders", 10);
        Assert.Equal(0, World.PartitionsOf("c").Values.Sum(partition => partition.Delivered));

        Assert.True(await connector.SetTargetStateAsync(TargetState.Running));
        await RunsAsync("c", 2);
        await IsDeliveredAsync("c");
        Assert.Equal(2, World.Starts.Count);
    }

    [Fact]
    public async Task A_connector_that_is_created_paused_starts_no_pipeline_before_it_is_resumed()
    {
        World.SetTopic("orders", 1);
        World.Produce("c", "orders", 10);
        await Connector("c").CreateAsync(Config("orders"), TargetState.Paused);
        await IsAsync("c", RunState.Paused, RunState.Paused);
        Assert.Empty(World.Starts);

        await Connector("c").SetTargetStateAsync(TargetState.Running);
        await IsDeliveredAsync("c");
    }

    [Fact]
    public async Task A_stopped_connector_has_no_tasks_and_goes_on_where_it_was()
    {
        World.SetTopic("orders", 3);
        World.Produce("c", "orders", 10);
        var connector = await CreateAsync("c", "orders", 2);
        await IsDeliveredAsync("c");

        Assert.True(await connector.SetTargetStateAsync(TargetState.Stopped));

        Assert.Empty(World.Pipelines);
        var status = (await connector.GetStatusAsync())!;
        Assert.Equal(RunState.Stopped, status.State);
        Assert.Empty(status.Tasks);
        Assert.Equal([new("orders", 0, 10), new("orders", 1, 10), new("orders", 2, 10)], (await connector.GetOffsetsAsync())!.Offsets);
        Assert.DoesNotContain(World.Storage.Keys, key => key.Contains("task/c/"));
        Assert.True(await connector.SetTargetStateAsync(TargetState.Stopped));
        Assert.Equal(RunState.Stopped, (await connector.RestartAsync(includeTasks: true, onlyFailed: false))!.State);

        await connector.PutConfigAsync(Config("orders", 1));
        await connector.EnsureRunningAsync();
        Assert.Empty(World.Pipelines);

        World.Produce("c", "orders", 5);
        Assert.True(await connector.SetTargetStateAsync(TargetState.Running));
        await RunsAsync("c", 1);
        await IsDeliveredAsync("c");
        Assert.Equal(45, World.PartitionsOf("c").Values.Sum(partition => partition.Deliveries));
    }

    [Fact]
    public async Task A_stopped_connector_that_is_paused_has_tasks_again_which_do_nothing()
    {
        World.SetTopic("orders", 2);
        World.Produce("c", "orders", 10);
        await Connector("c").CreateAsync(Config("orders", 2), TargetState.Stopped);
        await IsAsync("c", RunState.Stopped);

        await Connector("c").SetTargetStateAsync(TargetState.Paused);

        await IsAsync("c", RunState.Paused, RunState.Paused, RunState.Paused);
        Assert.Empty(World.Starts);
    }

    [Fact]
    public async Task A_deleted_connector_leaves_nothing_but_its_Kafka_group()
    {
        World.SetTopic("orders", 3);
        World.Produce("c", "orders", 10);
        var connector = await CreateAsync("c", "orders", 2);
        World.Produce("c", "orders", 5);

        Assert.True(await connector.DeleteAsync());

        Assert.Empty(World.Pipelines);
        Assert.Equal(["exports.connector-index/connectors"], World.Storage.Keys);
        Assert.Empty(await Grains.GetGrain<IConnectorIndexGrain>(IConnectorIndexGrain.Key).ListAsync());
        Assert.Null(await connector.GetStatusAsync());
        Assert.False(await connector.DeleteAsync());
        Assert.Equal(15, World.GroupOffset("connect-c", "orders", 2));

        World.Produce("c", "orders", 1);
        await CreateAsync("c", "orders", 1);
        await IsDeliveredAsync("c");
        Assert.Equal(48, World.PartitionsOf("c").Values.Sum(partition => partition.Deliveries));
    }

    [Fact]
    public async Task A_connector_can_be_deleted_while_Kafka_is_down_and_the_destination_hangs()
    {
        World.SetTopic("orders", 2);
        var connector = await CreateAsync("c", "orders", 2);
        World.DoesDestinationHang = World.IsKafkaDown = World.DoGroupWritesHang = true;
        World.Produce("c", "orders", 10);

        Assert.True(await connector.DeleteAsync());

        Assert.Empty(World.Pipelines);
        Assert.Null(await connector.GetInfoAsync());
    }

    [Fact]
    public async Task A_topic_that_is_subscribed_to_no_longer_keeps_its_offsets_for_the_day_it_is_again()
    {
        World.SetTopic("orders", 1);
        World.SetTopic("views", 1);
        World.Produce("c", "orders", 10);
        World.Produce("c", "views", 10);
        var connector = await CreateAsync("c", "orders,views");
        await IsDeliveredAsync("c");

        await connector.PutConfigAsync(Config("views"));
        await Eventually.HoldsAsync(() => Reads("c").GetValueOrDefault(0) == "views-0");
        Assert.Contains(new("orders", 0, 10), (await connector.GetOffsetsAsync())!.Offsets);

        await connector.PutConfigAsync(Config("orders,views"));
        await Eventually.HoldsAsync(() => Reads("c").GetValueOrDefault(0) == "orders-0 views-0");
        World.Produce("c", "orders", 1);
        await IsDeliveredAsync("c");
        Assert.Equal(11, World.Partition("c", "orders", 0).Deliveries);
    }

    [Fact]
    public async Task Another_Kafka_group_means_starting_where_that_group_stands()
    {
        World.SetTopic("orders", 2);
        World.Produce("c", "orders", 10);
        var connector = await CreateAsync("c", "orders", 2);
        await IsDeliveredAsync("c");
        World.AllowsRewinds = true;
        World.SetGroupOffset("again", "orders", 0, 4);

        await connector.PutConfigAsync(Config("orders", 1, ("consumer.override.group.id", "again")));

        await RunsAsync("c", 1);
        await Eventually.HoldsAsync(() => World.GroupOffset("again", "orders", 0) == 10 && World.GroupOffset("again", "orders", 1) == 10);
        Assert.Equal(16, World.Partition("c", "orders", 0).Deliveries);
        Assert.Equal(20, World.Partition("c", "orders", 1).Deliveries);
    }

    [Fact]
    public async Task Names_that_come_while_the_index_is_being_written_share_the_next_write()
    {
        // Not the real one, from which a starting worker clears names without a connector.
        var index = Grains.GetGrain<IConnectorIndexGrain>("another");
        var gate = new TaskCompletionSource();
        World.Storage.OnWrite = _ => gate.Task;
        var calls = Enumerable.Range(0, 100).Select(i => index.AddAsync($"c{i:00}")).ToList();
        await Eventually.HoldsAsync(async () => (await index.ListAsync()).Count == 100);
        Assert.All(calls, call => Assert.False(call.IsCompleted));

        gate.SetResult();

        await Task.WhenAll(calls);
        Assert.InRange(World.Storage.Writes, 1, 2);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"c{i:00}"), await index.ListAsync());
    }
}
