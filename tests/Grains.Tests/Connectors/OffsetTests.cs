namespace Exports.Grains.Tests;

/// <summary>Offsets that an operator changes, and those that he is told.</summary>
public sealed class OffsetTests : GrainsTest
{
    [Fact]
    public async Task A_stopped_connector_goes_on_where_its_operator_wants_it()
    {
        var connector = await StoppedAsync();
        World.AllowsRewinds = true;

        var result = await connector.AlterOffsetsAsync([new("orders", 0, 4), new("orders", 1, 12)]);

        Assert.Equal(new(AlterOffsetsOutcome.Altered), result);
        Assert.Equal([new("orders", 0, 4), new("orders", 1, 12)], await OffsetsAsync());
        Assert.Equal((4L, 12L), (World.GroupOffset("connect-c", "orders", 0), World.GroupOffset("connect-c", "orders", 1)));
        World.Produce("c", "orders", 5);
        await connector.SetTargetStateAsync(TargetState.Running);
        await IsDeliveredAsync("c");
        Assert.Equal((10 + 11, 10 + 3), (Deliveries(0), Deliveries(1)));
    }

    [Fact]
    public async Task What_was_changed_survives_a_kill_and_a_new_configuration()
    {
        var connector = await StoppedAsync();
        World.AllowsRewinds = true;
        await connector.AlterOffsetsAsync([new("orders", 0, 4)]);

        await KillWorkerAsync();
        await StartWorkerAsync();
        await Connector("c").PutConfigAsync(Config("orders", 2, ("mark", "new")));
        Assert.Equal([new("orders", 0, 4), new("orders", 1, 10)], await OffsetsAsync());
        await Connector("c").SetTargetStateAsync(TargetState.Running);

        await IsDeliveredAsync("c");
        Assert.Equal((10 + 6, 10), (Deliveries(0), Deliveries(1)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_reset_a_connector_begins_anew_whether_Kafka_can_remove_offsets_or_not(bool removes)
    {
        World.RemovesGroupOffsets = removes;
        World.AllowsRewinds = true;
        var connector = await StoppedAsync();

        Assert.Equal(new(AlterOffsetsOutcome.Altered), await connector.AlterOffsetsAsync(null));
        Assert.Empty(await OffsetsAsync());
        Assert.Equal(new(AlterOffsetsOutcome.Altered), await connector.AlterOffsetsAsync(null));
        await KillWorkerAsync();
        await StartWorkerAsync();
        Assert.Empty(await OffsetsAsync());
        await Connector("c").SetTargetStateAsync(TargetState.Running);

        await IsDeliveredAsync("c");
        Assert.Equal((20, 20), (Deliveries(0), Deliveries(1)));
        await Eventually.HoldsAsync(async () => (await OffsetsAsync()) is [{ Offset: 10 }, { Offset: 10 }]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_partition_whose_offset_is_removed_begins_anew_and_the_others_go_on(bool removes)
    {
        World.RemovesGroupOffsets = removes;
        World.AllowsRewinds = true;
        var connector = await StoppedAsync();

        await connector.AlterOffsetsAsync([new("orders", 1, null)]);

        Assert.Equal([new("orders", 0, 10)], await OffsetsAsync());
        await connector.SetTargetStateAsync(TargetState.Running);
        await IsDeliveredAsync("c");
        Assert.Equal((10, 20), (Deliveries(0), Deliveries(1)));
    }

    [Fact]
    public async Task A_group_that_Kafka_cannot_remove_follows_a_reset_even_if_the_worker_is_killed_before_it_has()
    {
        World.RemovesGroupOffsets = false;
        World.AllowsRewinds = true;
        var connector = await StoppedAsync();
        await connector.AlterOffsetsAsync(null);
        World.DeliversByItself = false;
        World.DoGroupWritesHang = true;
        await connector.SetTargetStateAsync(TargetState.Running);
        await RunsAsync("c", 2);
        Deliver(3);
        await Eventually.HoldsAsync(async () => (await OffsetsAsync()) is [{ Offset: 3 }, { Offset: 3 }]);
        await KillWorkerAsync();
        Assert.True(MovedBack(0) && MovedBack(1));
        Assert.Equal((10L, 10L), (World.GroupOffset("connect-c", "orders", 0), World.GroupOffset("connect-c", "orders", 1)));
        World.DoGroupWritesHang = false;
        await StartWorkerAsync();
        await RunsAsync("c", 2);
        Deliver(2);
        await Eventually.HoldsAsync(() => (World.GroupOffset("connect-c", "orders", 0), World.GroupOffset("connect-c", "orders", 1)) == (5, 5));
        Deliver(int.MaxValue);
        // It has followed: from now on a group that is ahead is left alone again.
        await Eventually.HoldsAsync(() => !MovedBack(0) && !MovedBack(1));
    }

    [Fact]
    public async Task A_topic_that_is_made_anew_is_not_skipped_up_to_where_the_old_one_was()
    {
        World.SetTopic("orders", 1);
        World.Produce("c", "orders", 10);
        await CreateAsync("c", "orders");
        await IsDeliveredAsync("c");
        await Eventually.HoldsAsync(() => World.GroupOffset("connect-c", "orders", 0) == 10);

        World.MakeAnew("c", "orders", 0, 3);

        await Eventually.HoldsAsync(async () => (await OffsetsAsync()) is [{ Offset: 3 }]);
        await KillWorkerAsync();
        World.Produce("c", "orders", 17);
        await StartWorkerAsync();
        await IsDeliveredAsync("c");
        Assert.Equal(10 + 20, Deliveries(0));
        await Eventually.HoldsAsync(() => World.GroupOffset("connect-c", "orders", 0) == 20);
    }

    [Fact]
    public async Task Only_a_stopped_connector_may_be_changed()
    {
        World.SetTopic("orders", 1);
        var connector = await CreateAsync("c", "orders");
        Assert.Equal(AlterOffsetsOutcome.NotStopped, (await connector.AlterOffsetsAsync(null)).Outcome);
        await connector.SetTargetStateAsync(TargetState.Paused);
        Assert.Equal(AlterOffsetsOutcome.NotStopped, (await connector.AlterOffsetsAsync([new("orders", 0, 1)])).Outcome);
        Assert.Equal(AlterOffsetsOutcome.UnknownConnector, (await Connector("none").AlterOffsetsAsync(null)).Outcome);
    }

    [Fact]
    public async Task A_change_that_Kafka_does_not_take_changes_nothing()
    {
        var connector = await StoppedAsync();

        World.IsGroupActive = true;
        Assert.Equal(new(AlterOffsetsOutcome.StillActive, "The group has members."), await connector.AlterOffsetsAsync(null));
        World.IsKafkaDown = true;
        Assert.Equal(new(AlterOffsetsOutcome.Failed, "Kafka did not answer in time."), await connector.AlterOffsetsAsync([new("orders", 0, 1)]));

        Assert.Equal([new("orders", 0, 10), new("orders", 1, 10)], await OffsetsAsync());
    }

    [Fact]
    public async Task A_change_that_cannot_be_stored_changes_nothing_and_may_be_repeated()
    {
        var connector = await StoppedAsync();
        World.AllowsRewinds = true;
        World.Storage.Faults = (_, key) => key == "exports.connector/c" ? WriteFault.Before : WriteFault.None;
        await Assert.ThrowsAnyAsync<Exception>(() => connector.AlterOffsetsAsync([new("orders", 0, 4)]));
        World.Storage.Faults = (_, _) => WriteFault.None;
        Assert.Equal([new("orders", 0, 10), new("orders", 1, 10)], await OffsetsAsync());

        Assert.Equal(AlterOffsetsOutcome.Altered, (await connector.AlterOffsetsAsync([new("orders", 0, 4)])).Outcome);
        Assert.Equal([new("orders", 0, 4), new("orders", 1, 10)], await OffsetsAsync());
    }

    [Fact]
    public async Task A_connector_that_was_created_stopped_tells_where_its_group_stands()
    {
        World.SetTopic("orders", 2);
        World.SetGroupOffset("connect-c", "orders", 1, 7);
        Assert.NotNull((await Connector("c").CreateAsync(Config("orders"), TargetState.Stopped)).Info);

        Assert.Equal([new("orders", 1, 7)], await OffsetsAsync());
        World.IsKafkaDown = true;
        Assert.Equal("Kafka did not answer in time.", (await Connector("c").GetOffsetsAsync())!.Problem);
    }

    [Fact]
    public async Task A_connector_begins_at_its_initial_offsets_and_nowhere_else()
    {
        World.SetTopic("orders", 2);
        World.Produce("c", "orders", 10);
        World.SetGroupOffset("connect-c", "orders", 0, 9);
        World.Partition("c", "orders", 0).Delivered = 9;
        World.KnowsDestination = false;

        var created = await Connector("c").CreateAsync(Config("orders"), TargetState.Running, [new("orders", 1, 4)]);

        Assert.Equal(AlterOffsetsOutcome.AlteredHere, created.InitialOffsets!.Outcome);
        await IsDeliveredAsync("c");
        Assert.Equal((10, 6), (Deliveries(0), Deliveries(1)));
    }

    [Fact]
    public async Task A_connector_whose_initial_offsets_cannot_be_set_is_not_created()
    {
        World.SetTopic("orders", 1);
        World.IsGroupActive = true;

        var created = await Connector("c").CreateAsync(Config("orders"), TargetState.Running, [new("orders", 0, 4)]);

        Assert.Null(created.Info);
        Assert.Equal(AlterOffsetsOutcome.StillActive, created.InitialOffsets!.Outcome);
        Assert.Null(await Connector("c").GetInfoAsync());
        Assert.Empty(World.Storage.Keys);
    }

    [Fact]
    public async Task The_topics_are_those_that_records_came_from_until_the_list_is_reset()
    {
        World.SetTopic("orders", 1);
        World.SetTopic("silent", 1);
        World.Produce("c", "orders", 10);
        var connector = await CreateAsync("c", "orders,silent");
        await Eventually.HoldsAsync(async () => await connector.GetTopicsAsync() is ["orders"]);

        await connector.SetTargetStateAsync(TargetState.Stopped);
        Assert.Equal(["orders"], await connector.GetTopicsAsync());
        await connector.SetTargetStateAsync(TargetState.Running);
        World.Produce("c", "silent", 1);
        await Eventually.HoldsAsync(async () => await connector.GetTopicsAsync() is ["orders", "silent"]);
        await IsDeliveredAsync("c");
        await KillWorkerAsync();
        await StartWorkerAsync();
        await RunsAsync("c", 1);
        Assert.Equal(["orders", "silent"], await Connector("c").GetTopicsAsync());

        await Connector("c").ResetTopicsAsync();
        Assert.Empty(await Connector("c").GetTopicsAsync());
        World.Produce("c", "orders", 1);
        await Eventually.HoldsAsync(async () => await Connector("c").GetTopicsAsync() is ["orders"]);
        Assert.Empty(await Connector("none").GetTopicsAsync());
        await Connector("none").ResetTopicsAsync();
    }

    [Fact]
    public async Task A_configuration_replaces_only_the_one_that_was_read()
    {
        World.SetTopic("orders", 1);
        var connector = await CreateAsync("c", "orders");
        var read = (await connector.GetInfoAsync())!.Config;

        Assert.True((await connector.ReplaceConfigAsync(read, Config("orders", 1, ("mark", "first"))))!.Replaced);
        var late = (await connector.ReplaceConfigAsync(read, Config("orders", 1, ("mark", "late"))))!;

        Assert.False(late.Replaced);
        Assert.Equal("first", late.Info.Config["mark"]);
        Assert.Null(await Connector("none").ReplaceConfigAsync(read, read));
    }

    /// <summary>A stopped connector "c" that has delivered ten records of each of the two partitions of "orders".</summary>
    private async Task<IConnectorGrain> StoppedAsync()
    {
        World.SetTopic("orders", 2);
        World.Produce("c", "orders", 10);
        var connector = await CreateAsync("c", "orders", tasksMax: 2);
        await IsDeliveredAsync("c");
        await connector.SetTargetStateAsync(TargetState.Stopped);
        return connector;
    }

    /// <summary>Has all pipelines deliver so many records of each partition, and their destinations acknowledge them.</summary>
    private void Deliver(int count)
    {
        foreach (var pipeline in World.Pipelines)
        {
            pipeline.Deliver(count);
            pipeline.Acknowledge();
        }
    }

    private bool MovedBack(int task) => World.Storage.Read($"exports.task/c/{task}")!.Contains("IsMovedBack", StringComparison.Ordinal);

    private async Task<List<PartitionOffset>> OffsetsAsync() => (await Connector("c").GetOffsetsAsync())!.Offsets;

    private long Deliveries(int partition) => World.Partition("c", "orders", partition).Deliveries;
}
