using Exports.Harness;

namespace Exports.SystemTests.Cluster;

/// <summary>Workers of a cluster, or its Redis, that are lost and come back, under load; counted at the destination.</summary>
public sealed class LostWorkerTests(ITestOutputHelper output)
{
    private const int Workers = 3;

    [Fact]
    public async Task A_worker_that_is_killed_again_and_again_loses_nothing_and_its_tasks_deliver_elsewhere()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        output.WriteLine($"seed {seed}: {Settings.ClusterKills} kills");
        await using var cluster = await WorkerCluster.StartAsync(output, Workers);
        var losses = new Losses(await cluster.JitterAsync());
        for (var kill = 0; kill < Settings.ClusterKills; kill++)
        {
            await cluster.AreBalancedAsync();
            var victim = cluster.Workers[random.Next(Workers)];
            losses.Add(await cluster.LoseAsync([victim], victim.KillAsync));
            await victim.StartAsync();
            await cluster.AreMembersAsync(Workers);
        }

        await cluster.EndAsync();
        output.WriteLine($"killed: {losses}");
    }

    [Fact]
    public async Task Two_of_three_workers_that_are_killed_at_once_lose_nothing()
    {
        Settings.SkipUnlessWholeCluster();
        await using var cluster = await WorkerCluster.StartAsync(output, Workers);
        var victims = cluster.Workers.Skip(1).ToList();
        var loss = await cluster.LoseAsync(victims, () => Task.WhenAll(victims.Select(worker => worker.KillAsync())));
        output.WriteLine($"from kill to delivery by the one that is left: {loss.Outages.Max():0.0} s");
        await cluster.EndAsync();
    }

    [Fact]
    public async Task A_worker_that_stood_still_until_others_took_over_commits_nothing_more_and_loses_nothing()
    {
        Settings.SkipUnlessWholeCluster();
        await using var cluster = await WorkerCluster.StartAsync(output, Workers);
        var jitter = await cluster.JitterAsync();
        var (losses, amidMoves) = (new Losses(jitter), new Losses(jitter));
        for (var cut = 0; cut < Settings.ClusterCuts; cut++)
        {
            // Every other one while tasks move to the one that has come back.
            var isCalm = cut % 2 == 0;
            if (isCalm)
                await cluster.AreBalancedAsync();
            else
                await Waiting.UntilAsync("it has a task", async () => (await cluster.PartitionsOfAsync(cluster.Workers[cut % Workers], cluster.Workers[0])).Count > 0);
            var victim = cluster.Workers[(cut + 1) % Workers];
            (isCalm ? losses : amidMoves).Add(await cluster.LoseAsync([victim], () =>
            {
                victim.Process.Freeze();
                return Task.CompletedTask;
            }));

            // It finds that it was taken for dead, and ends; whoever runs it starts it again.
            victim.Process.Thaw();
            await cluster.EndsAndComesBackAsync(victim);
        }

        await cluster.EndAsync();
        output.WriteLine($"stood still: {losses}");
        if (Settings.ClusterCuts > 1)
            output.WriteLine($"stood still while tasks moved: {amidMoves}");
    }

    [Fact]
    public async Task While_Redis_is_away_records_are_delivered_and_once_it_is_back_their_offsets_are_stored()
    {
        Settings.SkipUnlessWholeCluster();
        await using var cluster = await WorkerCluster.StartAsync(output, Workers);
        await cluster.Redis.KillAsync();
        await cluster.ArriveAsync(seconds: 10);
        await cluster.Redis.StartAgainAsync();
        await cluster.EndAsync();
        await cluster.AllIsStoredAsync();
    }
}
