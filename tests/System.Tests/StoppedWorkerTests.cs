using Exports.Demo.Destinations;
using Exports.Harness;
using Exports.SystemTests.Records;

namespace Exports.SystemTests;

public sealed class StoppedWorkerTests
{
    private const int Records = 40_000;

    [Fact]
    public async Task A_worker_stopped_in_the_middle_of_delivery_commits_what_it_has_delivered_and_repeats_nothing()
    {
        // Far longer than the test: what is stored was stored because the worker was stopped.
        await using var sinks = await BothSinks.StartAsync(flushInterval: TimeSpan.FromHours(1));
        var feed = sinks.Feed(Records);
        using var stop = new CancellationTokenSource();
        var feeding = feed.RunAsync(10_000, stop.Token);
        foreach (var moment in new[] { Records / 4, Records / 2 })
        {
            await Waiting.UntilAsync(
                $"{moment} records have arrived at both", () => sinks.File.Arrived >= moment && sinks.Topic.Arrived >= moment);
            Assert.Equal(0, await sinks.Worker.StopAsync(TimeSpan.FromMinutes(1)));
            await sinks.SettleAsync();
            long[] fileEnds = [.. Ends(sinks.File)], topicEnds = [.. Ends(sinks.Topic)];
            await sinks.Worker.StartAsync();
            Assert.Equal(fileEnds, Stored(await sinks.Worker.Rest.OffsetsAsync(BothSinks.ToFile)));
            Assert.Equal(topicEnds, Stored(await sinks.Worker.Rest.OffsetsAsync(BothSinks.ToTopic)));
        }

        await feeding;
        await sinks.WaitUntilDeliveredAsync(Records);
        Assert.Equal(0, await sinks.Worker.StopAsync(TimeSpan.FromMinutes(1)));
        foreach (var found in new[] { sinks.File.ReadBack(), sinks.Topic.Check })
        {
            Assert.Equal(
                (Records, 0, 0, 0, 0),
                (found.Distinct, found.Missing(0, Records), found.Duplicates, found.OutOfOrder, found.Unreadable));
        }
    }

    /// <summary>The offset behind the last record that has arrived of each partition.</summary>
    private static IEnumerable<long> Ends(Destination destination)
        => Enumerable.Range(0, BothSinks.Partitions).Select(partition => BothSinks.OffsetOf(destination.HighestOf(partition)) + 1);

    private static IEnumerable<long> Stored(Dictionary<int, long> offsets)
        => offsets.OrderBy(offset => offset.Key).Select(offset => offset.Value);
}
