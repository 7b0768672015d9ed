using System.Diagnostics;
using Exports.Harness;

namespace Exports.SystemTests.Cluster;

/// <summary>A worker whose network is cut under load; counted at the destination.</summary>
public sealed class NetworkTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_worker_that_is_cut_off_from_everything_loses_nothing_and_ends_once_it_is_connected_again()
    {
        SkipUnlessPossible();
        await using var cluster = await WorkerCluster.StartWithOtherMachineAsync(output, here: 2, there: 1);
        var victim = cluster.Workers[^1];
        var losses = new Losses(await cluster.JitterAsync());
        for (var cut = 0; cut < Settings.ClusterCuts; cut++)
        {
            await cluster.AreBalancedAsync();
            losses.Add(await cluster.LoseAsync([victim], cluster.Machine!.CutAsync));
            await cluster.Machine.MendAsync();
            await cluster.EndsAndComesBackAsync(victim);
        }

        await cluster.EndAsync();
        await cluster.AllIsStoredAsync();
        output.WriteLine($"cut off: {losses}");
    }

    [Fact]
    public async Task A_worker_that_is_cut_off_from_the_other_workers_alone_delivers_until_it_is_refused_and_moves_no_offset_back()
    {
        SkipUnlessPossible();
        await using var cluster = await WorkerCluster.StartWithOtherMachineAsync(output, here: 2, there: 1);
        await using var offsets = new StoredOffsets(cluster.Workers[0].Rest);
        // It learns that it was declared dead from the membership table, which it reads every ten seconds. Where that comes first, it ends
        // before it is refused.
        for (var round = 1; !await IsRefusedAsync(cluster); round++)
            Assert.True(round < 3, "It has ended three times without having been refused once.");
        await cluster.EndAsync();
        await cluster.AllIsStoredAsync();
        output.WriteLine($"{offsets.Readings} readings of the stored offsets");
        Assert.Empty(offsets.Falls);
    }

    [Fact]
    public async Task Half_of_the_workers_that_are_cut_off_from_everything_lose_nothing()
    {
        SkipUnlessPossible();
        await using var cluster = await WorkerCluster.StartWithOtherMachineAsync(output, here: 2, there: 2);
        await cluster.AreBalancedAsync();
        var there = cluster.Workers[2..];
        var loss = await cluster.LoseAsync(there, cluster.Machine!.CutAsync);
        output.WriteLine($"from cut to delivery by the other half: {loss.Outages.Max():0.0} s");
        await cluster.Machine.MendAsync();
        foreach (var worker in there)
            await Waiting.UntilAsync("it has ended", () => worker.Process.HasExited, WorkerCluster.Limit);
        await cluster.EndAsync();
        await cluster.AllIsStoredAsync();
    }

    [Fact]
    public async Task A_cluster_that_falls_into_halves_goes_on_as_one_part_and_moves_no_offset_back()
    {
        SkipUnlessPossible();
        await using var cluster = await WorkerCluster.StartWithOtherMachineAsync(output, here: 2, there: 2);
        await using var offsets = new StoredOffsets(cluster.Workers[0].Rest);
        await cluster.AreBalancedAsync();
        // Both halves reach Redis and Kafka, so each delivers, and each takes the other for dead.
        await cluster.Machine!.CutFromWorkersAsync();
        var cut = Stopwatch.StartNew();
        var ended = await cluster.PartAsync();
        output.WriteLine($"from cut to all tasks in one part: {cut.Elapsed.TotalSeconds:0.0} s; ended: {string.Join(", ", ended.Select(worker => cluster.Workers.IndexOf(worker)))} of 0, 1 here and 2, 3 there");
        await cluster.ArriveAsync(seconds: 5);
        await cluster.Machine.MendAsync();
        await cluster.EndsAndComesBackAsync(ended);
        await cluster.AreBalancedAsync();
        await cluster.EndAsync();
        await cluster.AllIsStoredAsync();
        output.WriteLine($"{offsets.Readings} readings of the stored offsets");
        Assert.Empty(offsets.Falls);
    }

    /// <summary>Cuts the worker on the other machine off from the others until it has ended, and starts it again.</summary>
    /// <returns>Whether Redis had refused a commit of it by then.</returns>
    private async Task<bool> IsRefusedAsync(WorkerCluster cluster)
    {
        await cluster.AreBalancedAsync();
        var victim = cluster.Workers[^1];
        await cluster.Machine!.CutFromWorkersAsync();
        var cut = Stopwatch.StartNew();
        await cluster.RunElsewhereAsync(victim, asked: cluster.Workers[0]);
        output.WriteLine($"from cut to delivery elsewhere: {cut.Elapsed.TotalSeconds:0.0} s");
        await Waiting.UntilAsync("a commit is refused, or it has ended", () => victim.Process.HasExited || IsRefused(), WorkerCluster.Limit);
        output.WriteLine($"from cut to the refusal: {cut.Elapsed.TotalSeconds:0.0} s");
        await Waiting.UntilAsync("it has ended", () => victim.Process.HasExited, WorkerCluster.Limit);
        output.WriteLine($"from cut to its end: {cut.Elapsed.TotalSeconds:0.0} s");
        var refused = IsRefused();
        await cluster.Machine.MendAsync();
        await cluster.EndsAndComesBackAsync(victim);
        return refused;

        bool IsRefused() => victim.Process.ReadLog().Contains(
            "another activation has taken over; this one has stopped, and commits nothing", StringComparison.Ordinal);
    }

    private static void SkipUnlessPossible()
    {
        Settings.SkipUnlessWholeCluster();
        Assert.SkipUnless(Settings.HasOwnNetwork, "It cuts a network of its own, which takes root: run ./exports test --cluster as root.");
    }
}
