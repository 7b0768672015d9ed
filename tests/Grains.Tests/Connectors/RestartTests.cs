namespace Exports.Grains.Tests;

public sealed class RestartTests : GrainsTest
{
    [Fact]
    public async Task A_worker_that_is_stopped_in_good_order_delivers_nothing_twice()
    {
        World.SetTopic("orders", 4);
        await CreateAsync("c", "orders", 2);
        World.Produce("c", "orders", 10);
        await StopWorkerAsync();
        Assert.Empty(World.Pipelines);
        Assert.All(World.PartitionsOf("c").Values, partition => Assert.Equal((10L, 10L), (partition.Delivered, partition.Persisted)));
        Assert.Equal(10, World.GroupOffset("connect-c", "orders", 3));
        World.Produce("c", "orders", 10);

        await StartWorkerAsync();

        await RunsAsync("c", 2);
        await IsDeliveredAsync("c");
        Assert.Equal(80, World.PartitionsOf("c").Values.Sum(partition => partition.Deliveries));
    }

    [Fact]
    public async Task A_worker_that_is_killed_loses_nothing()
    {
        World.SetTopic("orders", 4);
        await CreateAsync("c", "orders", 2);
        for (var round = 0; round < 5; round++)
        {
            World.Produce("c", "orders", 10);
            await KillWorkerAsync();
            await StartWorkerAsync();
        }

        await RunsAsync("c", 2);
        await IsDeliveredAsync("c");
    }

    [Fact]
    public async Task A_thousand_connectors_come_back_with_their_worker()
    {
        World.SetTopic("orders", 1);
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Connector($"c{i}").CreateAsync(Config("orders"), TargetState.Running)));
        await Eventually.HoldsAsync(() => World.Pipelines.Count == 1000);
        await StopWorkerAsync();
        Assert.Empty(World.Pipelines);

        await StartWorkerAsync();

        await Eventually.HoldsAsync(() => World.Pipelines.Count == 1000, () => $"{World.Pipelines.Count}");
    }

    [Fact]
    public async Task A_connector_that_was_half_created_clears_itself_away()
    {
        // The starter of the first worker may still be at work, and clear the name away as soon as the creation has failed.
        string? index = null;
        World.Storage.Faults = (_, key) =>
        {
            if (!key.Contains("connector/"))
                return WriteFault.None;
            index = World.Storage.Read("exports.connector-index/connectors");
            return WriteFault.Before;
        };
        await Assert.ThrowsAnyAsync<Exception>(() => Connector("c").CreateAsync(Config("orders"), TargetState.Running));
        Assert.Contains("\"c\"", index);
        World.Storage.Faults = (_, _) => WriteFault.None;

        await StopWorkerAsync();
        await StartWorkerAsync();

        await Eventually.HoldsAsync(async () => (await Grains.GetGrain<IConnectorIndexGrain>(IConnectorIndexGrain.Key).ListAsync()).Count == 0);
    }

    [Fact]
    public async Task A_deletion_that_was_broken_off_is_finished_by_the_next_worker()
    {
        World.SetTopic("orders", 2);
        await CreateAsync("c", "orders", 2);
        World.Storage.Faults = (_, key) => key == "exports.task/c/1" ? WriteFault.Before : WriteFault.None;
        await Assert.ThrowsAnyAsync<Exception>(() => Connector("c").DeleteAsync());
        Assert.Null(await Connector("c").GetInfoAsync());
        await KillWorkerAsync();
        World.Storage.Faults = (_, _) => WriteFault.None;

        await StartWorkerAsync();

        await Eventually.HoldsAsync(() => World.Storage.Keys is ["exports.connector-index/connectors"]);
        Assert.Empty(World.Pipelines);
    }

    [Fact]
    public async Task A_connector_that_is_created_again_while_its_deletion_hangs_comes_after_it()
    {
        World.SetTopic("orders", 2);
        await CreateAsync("c", "orders", 2);
        World.Storage.Faults = (_, key) => key == "exports.task/c/1" ? WriteFault.Before : WriteFault.None;
        await Assert.ThrowsAnyAsync<Exception>(() => Connector("c").DeleteAsync());
        World.Storage.Faults = (_, _) => WriteFault.None;

        Assert.NotNull((await Connector("c").CreateAsync(Config("orders", 1), TargetState.Running)).Info);

        await RunsAsync("c", 1);
    }
}
