using Exports.Harness;
using Exports.SystemTests.Records;

namespace Exports.SystemTests.Cluster;

/// <summary>Workers of a cluster that are lost and come back, under load; counted at the destination.</summary>
public sealed class ClusterTests(ITestOutputHelper output)
{
    private const int Workers = 3;
    private const int Rate = 1500;
    private const string Later = "./exports test --cluster tries it.";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_worker_that_is_killed_again_and_again_loses_nothing_and_its_tasks_deliver_elsewhere()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        output.WriteLine($"seed {seed}: {Settings.ClusterKills} kills");
        await using var cluster = await WorkerCluster.StartAsync(Workers);
        var feed = cluster.Feed();
        using var stop = new CancellationTokenSource();
        var feeding = feed.RunAsync(Rate, stop.Token);
        await Waiting.UntilAsync("records of all partitions arrive", () => Enumerable.Range(0, WorkerCluster.Partitions).All(partition => cluster.Topic.HighestOf(partition) >= 0));

        List<double> outages = [], gaps = [];
        for (var kill = 0; kill < Settings.ClusterKills; kill++)
        {
            var (outage, gap) = await KillAndRecoverAsync(cluster, random);
            outages.AddRange(outage);
            gaps.Add(gap);
        }

        await EndAsync(cluster, feed, feeding);
        output.WriteLine(
            $"from kill to delivery, {outages.Count} partitions: median {Quantile(outages, 0.5):0.0} s, worst {outages.Max():0.0} s; "
            + $"longest gap of the other partitions: median {Quantile(gaps, 0.5):0.00} s, worst {gaps.Max():0.00} s");
    }

    [Fact]
    public async Task Workers_that_join_get_their_share_one_task_at_a_time_and_those_that_leave_hand_theirs_over()
    {
        await using var cluster = await WorkerCluster.StartAsync(1);
        var feed = cluster.Feed();
        using var stop = new CancellationTokenSource();
        var feeding = feed.RunAsync(Rate, stop.Token);
        await Waiting.UntilAsync("records of all partitions arrive", () => Enumerable.Range(0, WorkerCluster.Partitions).All(partition => cluster.Topic.HighestOf(partition) >= 0));

        var watch = new Arrivals(cluster.Topic, WorkerCluster.Partitions, grace: TimeSpan.Zero);
        var before = cluster.Workers[0].Rest.Address.Authority;
        var cores = new CoresUsed(cluster.Workers);
        await Waiting.UntilReachedAsync("some seconds have passed", () => cluster.Topic.Arrived, cluster.Topic.Arrived + (5 * Rate));
        output.WriteLine($"one worker: {cores.Since(cluster.Workers):0.00} cores");
        await cluster.AddAsync();
        await cluster.AddAsync();
        await cluster.AreMembersAsync(Workers);
        cores = new(cluster.Workers);
        Dictionary<int, string> places = [];
        await Waiting.UntilAsync("each worker has two tasks", async () =>
        {
            places = await cluster.PlacesAsync(cluster.Workers[0]);
            return places.Count == WorkerCluster.Partitions && places.Values.CountBy(worker => worker).Select(worker => worker.Value).SequenceEqual([2, 2, 2]);
        }, s_limit);
        output.WriteLine($"three workers while tasks moved: {cores.Since(cluster.Workers):0.00} cores");
        cores = new(cluster.Workers);
        await Waiting.UntilReachedAsync("some seconds have passed", () => cluster.Topic.Arrived, cluster.Topic.Arrived + (5 * Rate));
        output.WriteLine($"three workers afterwards: {cores.Since(cluster.Workers):0.00} cores");
        var partitions = await cluster.PartitionsAsync(cluster.Workers[0]);
        var gaps = places.ToLookup(place => place.Value == before, place => partitions[place.Key].Max(watch.LongestGap));
        output.WriteLine(
            $"from one worker to three: longest gap of tasks that moved {gaps[false].Max():0.00} s, of those that stayed {gaps[true].Max():0.00} s; "
            + $"{cluster.Topic.Check.Duplicates} records twice");
        await watch.DisposeAsync();

        watch = new Arrivals(cluster.Topic, WorkerCluster.Partitions, grace: TimeSpan.Zero);
        foreach (var worker in cluster.Workers.Skip(1).ToList())
        {
            Assert.Equal(0, await worker.StopAsync(TimeSpan.FromMinutes(1)));
            cluster.Workers.Remove(worker);
            await worker.DisposeAsync();
        }

        await Waiting.UntilAsync(
            "the first has all tasks",
            async () => (await cluster.PlacesAsync(cluster.Workers[0])).Values.Count(worker => worker == before) == WorkerCluster.Partitions,
            s_limit);
        output.WriteLine($"from three workers to one: longest gap {Enumerable.Range(0, WorkerCluster.Partitions).Max(watch.LongestGap):0.00} s");
        await watch.DisposeAsync();
        await EndAsync(cluster, feed, feeding);
    }

    [Fact]
    public async Task Two_of_three_workers_that_are_killed_at_once_lose_nothing()
    {
        Assert.SkipUnless(Settings.TriesWholeCluster, Later);
        await using var cluster = await WorkerCluster.StartAsync(Workers);
        var feed = cluster.Feed();
        using var stop = new CancellationTokenSource();
        var feeding = feed.RunAsync(Rate, stop.Token);
        await Waiting.UntilReachedAsync("records arrive", () => cluster.Topic.Arrived, Rate);

        await Task.WhenAll(cluster.Workers.Skip(1).Select(worker => worker.KillAsync()));
        await using var watch = new Arrivals(cluster.Topic, WorkerCluster.Partitions, grace: TimeSpan.FromMilliseconds(300));
        await Waiting.UntilAsync("all partitions are delivered by the one that is left", () => Enumerable.Range(0, WorkerCluster.Partitions).All(watch.HasAdvanced), s_limit);
        output.WriteLine($"longest gap {Enumerable.Range(0, WorkerCluster.Partitions).Max(watch.LongestGap):0.0} s");

        await EndAsync(cluster, feed, feeding);
    }

    [Fact]
    public async Task A_worker_that_stood_still_until_others_took_over_commits_nothing_more_and_loses_nothing()
    {
        Assert.SkipUnless(Settings.TriesWholeCluster, Later);
        await using var cluster = await WorkerCluster.StartAsync(Workers);
        var feed = cluster.Feed();
        using var stop = new CancellationTokenSource();
        var feeding = feed.RunAsync(Rate, stop.Token);
        await Waiting.UntilReachedAsync("records arrive", () => cluster.Topic.Arrived, Rate);

        var places = await cluster.PlacesAsync(cluster.Workers[0]);
        var victim = cluster.Workers.First(worker => places.ContainsValue(worker.Rest.Address.Authority));
        var partitions = await cluster.PartitionsAsync(cluster.Workers.First(worker => worker != victim));
        var lost = places.Where(place => place.Value == victim.Rest.Address.Authority).SelectMany(place => partitions[place.Key]).ToHashSet();
        victim.Process.Freeze();
        await using (var watch = new Arrivals(cluster.Topic, WorkerCluster.Partitions, grace: TimeSpan.FromMilliseconds(300)))
        {
            await Waiting.UntilAsync("its partitions are delivered elsewhere", () => lost.All(watch.HasAdvanced), s_limit);
            output.WriteLine($"from standing still to delivery elsewhere: {lost.Max(watch.Outage):0.0} s");
        }

        // It finds that it was taken for dead, and ends; whoever runs it starts it again.
        victim.Process.Thaw();
        await Waiting.UntilAsync("it has ended", () => victim.Process.HasExited, s_limit);
        await victim.KillAsync();
        await victim.StartAsync();
        await cluster.AreMembersAsync(Workers);

        await EndAsync(cluster, feed, feeding);
    }

    [Fact]
    public async Task While_Redis_is_away_records_are_delivered_and_once_it_is_back_their_offsets_are_stored()
    {
        Assert.SkipUnless(Settings.TriesWholeCluster, Later);
        await using var cluster = await WorkerCluster.StartAsync(Workers);
        var feed = cluster.Feed();
        using var stop = new CancellationTokenSource();
        var feeding = feed.RunAsync(Rate, stop.Token);
        await Waiting.UntilReachedAsync("records arrive", () => cluster.Topic.Arrived, Rate);

        await cluster.Redis.KillAsync();
        await Waiting.UntilReachedAsync("records arrive without it", () => cluster.Topic.Arrived, cluster.Topic.Arrived + (10 * Rate));
        await cluster.Redis.StartAgainAsync();

        await EndAsync(cluster, feed, feeding);
        await Waiting.UntilAsync(
            "all offsets are stored", async () => (await cluster.Workers[0].Rest.OffsetsAsync(WorkerCluster.Connector)).Values.Sum() == feed.Produced, s_limit);
    }

    /// <summary>Ends the feed, waits until all of it is at the target, and counts.</summary>
    private async Task EndAsync(WorkerCluster cluster, PacedFeed feed, Task feeding)
    {
        feed.End();
        await feeding;
        await Waiting.UntilReachedAsync("the target has everything", () => feed.Produced - cluster.Topic.Backlog.Count, feed.Produced);
        var found = cluster.Topic.Check;
        output.WriteLine($"{feed.Produced} records, {found.Distinct} found, {found.Duplicates} twice, {found.OutOfOrder} out of order");
        Assert.Equal(0, found.Missing(0, feed.Produced));
        Assert.Equal((0, 0), (found.OutOfOrder, found.Unreadable));
    }

    /// <summary>Kills a worker that has tasks, waits until others deliver for it, and starts it again.</summary>
    /// <returns>Seconds without delivery of each partition that it read, and the longest of all others.</returns>
    private static async Task<(List<double> Outages, double Gap)> KillAndRecoverAsync(WorkerCluster cluster, Random random)
    {
        var places = await cluster.PlacesAsync(cluster.Workers[0]);
        var candidates = cluster.Workers.Where(worker => places.ContainsValue(worker.Rest.Address.Authority)).ToList();
        var victim = candidates[random.Next(candidates.Count)];
        var partitions = await cluster.PartitionsAsync(cluster.Workers.First(worker => worker != victim));
        var lost = places.Where(place => place.Value == victim.Rest.Address.Authority).SelectMany(place => partitions[place.Key]).ToHashSet();

        await victim.KillAsync();
        // What was on its way at the kill arrives at once.
        await using var watch = new Arrivals(cluster.Topic, WorkerCluster.Partitions, grace: TimeSpan.FromMilliseconds(300));
        await Waiting.UntilAsync("the lost partitions are delivered again", () => lost.All(watch.HasAdvanced), s_limit);
        var result = (lost.Select(watch.Outage).ToList(), Enumerable.Range(0, WorkerCluster.Partitions).Where(partition => !lost.Contains(partition)).Select(watch.LongestGap).DefaultIfEmpty(0).Max());

        await victim.StartAsync();
        await cluster.AreMembersAsync(Workers);
        return result;
    }

    private static double Quantile(List<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Min(sorted.Count - 1, share * sorted.Count)];
    }
}
