using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Exports.Harness;
using Exports.SystemTests.Records;

namespace Exports.SystemTests.Cluster;

/// <summary>A Redis that comes back with less than it had: nothing is lost, and the connector's Kafka group knows where delivery stood.</summary>
public sealed class RestoredStateTests(ITestOutputHelper output)
{
    private const int Rate = 1500;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task From_an_old_copy_of_Redis_records_come_twice_unless_the_groups_offsets_are_taken_and_none_is_lost(bool takesGroup)
    {
        Assert.SkipUnless(Settings.TriesWholeCluster, "./exports test --cluster tries it.");
        await using var cluster = await WorkerCluster.StartAsync(3);
        var feed = cluster.Feed();
        using var stop = new CancellationTokenSource();
        var feeding = feed.RunAsync(Rate, stop.Token);
        await Waiting.UntilReachedAsync("records arrive", () => cluster.Topic.Arrived, 5 * Rate);

        var copy = Path.Combine(Path.GetTempPath(), $"exports-redis-copy-{Guid.NewGuid():N}");
        await cluster.Redis.KillAsync();
        cluster.Redis.Save(copy);
        await cluster.Redis.StartAgainAsync();
        await Waiting.UntilReachedAsync("more records arrive", () => cluster.Topic.Arrived, cluster.Topic.Arrived + (10 * Rate));
        feed.End();
        await feeding;
        await Waiting.UntilReachedAsync("the target has everything", () => feed.Produced - cluster.Topic.Backlog.Count, feed.Produced);
        await Waiting.UntilAsync("the group has it all", async () => (await cluster.GroupOffsetsAsync()).Sum() == feed.Produced, s_limit);

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
            (await http.PutAsync($"/connectors/{WorkerCluster.Connector}/stop", null, stop.Token)).EnsureSuccessStatusCode();
            var before = cluster.Topic.Check.Duplicates;
            // Until its tasks have ended the worker refuses.
            await Waiting.UntilAsync("the group's offsets are taken", async () =>
            {
                var offsets = await http.GetFromJsonAsync<JsonObject>($"/exports/connectors/{WorkerCluster.Connector}/positions?at=group", stop.Token);
                return (await http.PatchAsJsonAsync($"/connectors/{WorkerCluster.Connector}/offsets", offsets, stop.Token)).IsSuccessStatusCode;
            }, s_limit);
            output.WriteLine($"{cluster.Topic.Check.Duplicates} records twice before the connector was stopped ({before} when it was asked to)");
            (await http.PutAsync($"/connectors/{WorkerCluster.Connector}/resume", null, stop.Token)).EnsureSuccessStatusCode();
        }

        // While the old state catches up, the group stays where it was.
        await Waiting.UntilAsync("all offsets are stored again", async () =>
        {
            Assert.Equal(feed.Produced, (await cluster.GroupOffsetsAsync()).Sum());
            return (await rest.OffsetsAsync(WorkerCluster.Connector)).Values.Sum() == feed.Produced;
        }, s_limit);
        var found = cluster.Topic.Check;
        output.WriteLine($"{feed.Produced} records, {found.Distinct} found, {found.Duplicates} twice, {found.OutOfOrder} out of order");
        Assert.Equal(0, found.Missing(0, feed.Produced));
        Assert.Equal((0, 0), (found.OutOfOrder, found.Unreadable));
        Assert.True(takesGroup || found.Duplicates > 0, "what was delivered since the copy comes again");
    }

    [Fact]
    public async Task With_an_empty_Redis_a_connector_that_is_created_again_goes_on_from_its_group()
    {
        Assert.SkipUnless(Settings.TriesWholeCluster, "./exports test --cluster tries it.");
        await using var cluster = await WorkerCluster.StartAsync(2);
        var feed = cluster.Feed();
        using var stop = new CancellationTokenSource();
        var feeding = feed.RunAsync(Rate, stop.Token);
        await Waiting.UntilReachedAsync("records arrive", () => cluster.Topic.Arrived, 5 * Rate);
        await Waiting.UntilAsync("the group knows of them", async () => (await cluster.GroupOffsetsAsync()).Min() > 0, s_limit);

        await cluster.KillAllAsync();
        await cluster.Redis.KillAsync();
        var nothing = Directory.CreateTempSubdirectory("exports-redis-empty-");
        cluster.Redis.Restore(nothing.FullName);
        nothing.Delete();
        await cluster.Redis.StartAgainAsync();
        await cluster.StartAllAsync();
        Assert.Equal(0, await cluster.Workers[0].Rest.CountAsync());
        await cluster.CreateAsync();

        feed.End();
        await feeding;
        await Waiting.UntilReachedAsync("the target has everything", () => feed.Produced - cluster.Topic.Backlog.Count, feed.Produced);
        var found = cluster.Topic.Check;
        output.WriteLine($"{feed.Produced} records, {found.Distinct} found, {found.Duplicates} twice, {found.OutOfOrder} out of order");
        Assert.Equal(0, found.Missing(0, feed.Produced));
        Assert.Equal((0, 0), (found.OutOfOrder, found.Unreadable));
        Assert.InRange(found.Duplicates, 0, 5 * Rate);
    }
}
