using Exports.Harness;

namespace Exports.SystemTests.Cluster;

/// <summary>Workers that join and leave a cluster, under load; counted at the destination.</summary>
public sealed class ScalingTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Workers_that_join_get_their_share_one_task_at_a_time_and_those_that_leave_hand_theirs_over()
    {
        await using var cluster = await WorkerCluster.StartAsync(output, 1);
        var watch = new Arrivals(cluster.Topic, WorkerCluster.Partitions, grace: TimeSpan.Zero);
        var first = cluster.Workers[0].Rest.Address.Authority;
        var cores = new CoresUsed(cluster.Workers);
        await cluster.ArriveAsync(seconds: 5);
        output.WriteLine($"one worker: {cores.Since(cluster.Workers):0.00} cores");
        await cluster.AddAsync();
        await cluster.AddAsync();
        await cluster.AreMembersAsync(3);
        cores = new(cluster.Workers);
        var places = await cluster.AreBalancedAsync();
        output.WriteLine($"three workers while tasks moved: {cores.Since(cluster.Workers):0.00} cores");
        cores = new(cluster.Workers);
        await cluster.ArriveAsync(seconds: 5);
        output.WriteLine($"three workers afterwards: {cores.Since(cluster.Workers):0.00} cores");
        var partitions = await cluster.PartitionsAsync(cluster.Workers[0]);
        var gaps = places.ToLookup(place => place.Value == first, place => partitions[place.Key].Max(watch.LongestGap));
        output.WriteLine(
            $"from one worker to three: longest gap of tasks that moved {gaps[false].Max():0.00} s, of those that stayed {gaps[true].Max():0.00} s; "
            + $"{cluster.Topic.Check.Duplicates} records twice");
        await watch.DisposeAsync();

        watch = new(cluster.Topic, WorkerCluster.Partitions, grace: TimeSpan.Zero);
        foreach (var worker in cluster.Workers.Skip(1).ToList())
            await cluster.RemoveAsync(worker);
        await Waiting.UntilAsync(
            "the first has all tasks",
            async () => (await cluster.PlacesAsync(cluster.Workers[0])).Values.Count(worker => worker == first) == WorkerCluster.Partitions,
            WorkerCluster.Limit);
        output.WriteLine($"from three workers to one: longest gap {Enumerable.Range(0, WorkerCluster.Partitions).Max(watch.LongestGap):0.00} s");
        await watch.DisposeAsync();
        await cluster.EndAsync();
    }
}
