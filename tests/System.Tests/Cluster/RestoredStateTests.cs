using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Exports.Harness;

namespace Exports.SystemTests.Cluster;

/// <summary>A Redis that comes back with less than it had: nothing is lost, and the connector's Kafka group knows where delivery stood.</summary>
public sealed class RestoredStateTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task From_an_old_copy_of_Redis_records_come_twice_unless_the_groups_offsets_are_taken_and_none_is_lost(bool takesGroup)
    {
        Settings.SkipUnlessWholeCluster();
        var stop = TestContext.Current.CancellationToken;
        await using var cluster = await WorkerCluster.StartAsync(output, 3);
        await cluster.ArriveAsync(5);

        var copy = Path.Combine(Path.GetTempPath(), $"exports-redis-copy-{Guid.NewGuid():N}");
        await cluster.Redis.KillAsync();
        cluster.Redis.Save(copy);
        await cluster.Redis.StartAgainAsync();
        await cluster.ArriveAsync(10);
        await cluster.EndAsync();
        await Waiting.UntilAsync("the group has it all", async () => (await cluster.GroupOffsetsAsync()).Sum() == cluster.Produced, WorkerCluster.Limit);
        var group = await cluster.GroupOffsetsAsync();

        await cluster.KillAllAsync();
        await cluster.Redis.KillAsync();
        cluster.Redis.Restore(copy);
        Directory.Delete(copy, recursive: true);
        await cluster.Redis.StartAgainAsync();
        await cluster.StartAllAsync();
        var rest = cluster.Workers[0].Rest;
        if (takesGroup)
        {
            using var http = new HttpClient { BaseAddress = rest.Address };
            (await http.PutAsync($"/connectors/{WorkerCluster.Connector}/stop", null, stop)).EnsureSuccessStatusCode();
            var before = cluster.Topic.Check.Duplicates;
            // Until its tasks have ended the worker refuses.
            await Waiting.UntilAsync("the group's offsets are taken", async () =>
            {
                var offsets = await http.GetFromJsonAsync<JsonObject>($"/exports/connectors/{WorkerCluster.Connector}/positions?at=group", stop);
                return (await http.PatchAsJsonAsync($"/connectors/{WorkerCluster.Connector}/offsets", offsets, stop)).IsSuccessStatusCode;
            }, WorkerCluster.Limit);
            output.WriteLine($"{cluster.Topic.Check.Duplicates} records twice before the connector was stopped ({before} when it was asked to)");
            (await http.PutAsync($"/connectors/{WorkerCluster.Connector}/resume", null, stop)).EnsureSuccessStatusCode();
        }

        // While the old state catches up, the group stays where it was.
        await Waiting.UntilAsync("all offsets are stored again", async () =>
        {
            Assert.Equal(group, await cluster.GroupOffsetsAsync());
            return (await rest.OffsetsAsync(WorkerCluster.Connector)).Values.Sum() == cluster.Produced;
        }, WorkerCluster.Limit);
        cluster.Count();
        if (takesGroup)
            return;
        Assert.True(cluster.Topic.Check.Duplicates > 0, "what was delivered since the copy comes again");
        Assert.Contains(cluster.Workers, worker => worker.Process.ReadLog().Contains("is ahead of the stored offsets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_an_empty_Redis_a_connector_that_is_created_again_goes_on_from_its_group()
    {
        Settings.SkipUnlessWholeCluster();
        await using var cluster = await WorkerCluster.StartAsync(output, 2);
        await cluster.ArriveAsync(5);
        await Waiting.UntilAsync("the group knows of them", async () => (await cluster.GroupOffsetsAsync()).Min() > 0, WorkerCluster.Limit);

        await cluster.KillAllAsync();
        await cluster.Redis.KillAsync();
        var nothing = Directory.CreateTempSubdirectory("exports-redis-empty-");
        cluster.Redis.Restore(nothing.FullName);
        nothing.Delete();
        await cluster.Redis.StartAgainAsync();
        await cluster.StartAllAsync();
        Assert.Equal(0, await cluster.Workers[0].Rest.CountAsync());
        await cluster.ConfigureAsync(cluster.Workers[0], WorkerCluster.Partitions);

        await cluster.EndAsync();
        Assert.InRange(cluster.Topic.Check.Duplicates, 0, 5 * WorkerCluster.Rate);
    }
}
