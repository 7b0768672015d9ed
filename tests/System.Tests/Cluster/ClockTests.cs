namespace Exports.SystemTests.Cluster;

/// <summary>A worker of a cluster whose clock is hours from that of the others, under load; counted at the destination.</summary>
public sealed class ClockTests(ITestOutputHelper output)
{
    private const int Workers = 3;

    [Fact]
    public async Task A_worker_whose_clock_jumps_by_hours_goes_on_and_nobody_takes_it_for_dead()
    {
        SkipUnlessPossible();
        using var clock = await OtherClock.MakeAsync(hours: 0);
        await using var cluster = await WorkerCluster.StartAsync(output, Workers - 1);
        var worker = await cluster.AddAsync(environment: clock.Environment);
        await cluster.AreMembersAsync(Workers);
        var places = await cluster.AreBalancedAsync();
        foreach (var hours in new[] { 5, -5, 0 })
        {
            await clock.SetAsync(hours, worker);
            await cluster.IsStoredAsync(cluster.Produced);
            // Longer than the membership table may go without a sign of life: half a minute.
            await cluster.ArriveAsync(seconds: 40);
            await cluster.IsStoredAsync(cluster.Produced);
            Assert.False(worker.Process.HasExited, worker.Process.Tail());
            Assert.Equal(places, await cluster.PlacesAsync(cluster.Workers[0]));
        }

        await cluster.EndAsync();
        await cluster.AllIsStoredAsync();
        Assert.All(cluster.Workers, one => Assert.DoesNotContain(" is gone; its connectors and tasks", one.Process.ReadLog(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task A_worker_whose_clock_is_hours_off_joins_and_gets_its_tasks(int hours)
    {
        SkipUnlessPossible();
        using var clock = await OtherClock.MakeAsync(hours);
        await using var cluster = await WorkerCluster.StartAsync(output, Workers - 1);
        var worker = await cluster.AddAsync(environment: clock.Environment);
        await clock.SetAsync(hours, worker);
        await cluster.AreMembersAsync(Workers);
        await cluster.AreBalancedAsync();
        await cluster.IsStoredAsync(cluster.Produced);
        var loss = await cluster.LoseAsync([worker], worker.KillAsync);
        output.WriteLine($"from kill to delivery elsewhere: {loss.Outages.Max():0.0} s");
        await worker.StartAsync();
        await cluster.AreMembersAsync(Workers);
        await cluster.AreBalancedAsync();
        var normal = cluster.Workers[0];
        loss = await cluster.LoseAsync([normal], normal.KillAsync);
        output.WriteLine($"from the kill of another to delivery elsewhere: {loss.Outages.Max():0.0} s");
        await normal.StartAsync();
        await cluster.AreMembersAsync(Workers);
        await cluster.EndAsync();
        await cluster.AllIsStoredAsync();
    }

    private static void SkipUnlessPossible()
    {
        Settings.SkipUnlessWholeCluster();
        Assert.SkipUnless(OtherClock.IsPossible, "It takes libfaketime (Debian's package faketime), which ./exports test --cluster installs.");
    }
}
