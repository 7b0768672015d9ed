using Exports.Harness;

namespace Exports.SystemTests.Cluster;

/// <summary>A cluster whose workers are replaced by those of another version one by one, under load; counted at the destination.</summary>
public sealed class UpgradeTests(ITestOutputHelper output)
{
    private const int Workers = 3;

    [Fact]
    public async Task Workers_that_are_replaced_by_those_of_another_version_one_by_one_work_together_and_lose_nothing()
    {
        Settings.SkipUnlessWholeCluster();
        Assert.SkipUnless(Settings.PreviousWorker is not null, "EXPORTS_TEST_PREVIOUS names no worker of another version; ./exports test --cluster makes one.");
        await using var cluster = await WorkerCluster.StartAsync(output, Workers, Settings.PreviousWorker);
        var before = Assert.Single(await cluster.VersionsAsync(cluster.Workers[0])).Key;
        var watch = new Arrivals(cluster.Topic, WorkerCluster.Partitions, grace: TimeSpan.Zero);
        for (var replaced = 1; replaced <= Workers; replaced++)
        {
            var worker = cluster.Workers[replaced - 1];
            Assert.Equal(0, await worker.StopAsync(TimeSpan.FromMinutes(1)));
            worker.Build = null;
            await worker.StartAsync();
            await cluster.AreMembersAsync(Workers);
            foreach (var asked in cluster.Workers)
                Assert.Equal(replaced, (await cluster.VersionsAsync(asked)).Where(version => version.Key != before).Sum(version => version.Value));
            await cluster.AreBalancedAsync();

            // Partitions change hands between tasks of both versions, as either of them is asked to.
            await cluster.ConfigureAsync(cluster.Workers[0], 2);
            await cluster.ConfigureAsync(cluster.Workers[^1], WorkerCluster.Partitions);
            await cluster.AreBalancedAsync();
            await cluster.IsStoredAsync(cluster.Produced);
        }

        output.WriteLine($"from {before} to {(await cluster.VersionsAsync(cluster.Workers[0])).Single().Key}: longest gap {Enumerable.Range(0, WorkerCluster.Partitions).Max(watch.LongestGap):0.00} s");
        await watch.DisposeAsync();
        await cluster.EndAsync();
        await cluster.AllIsStoredAsync();
    }
}
