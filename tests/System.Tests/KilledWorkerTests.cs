using Exports.Demo.Checks;
using Exports.Demo.Destinations;
using Exports.SystemTests.Records;

namespace Exports.SystemTests;

public sealed class KilledWorkerTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_flushInterval = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task A_worker_killed_again_and_again_loses_nothing_and_repeats_only_what_it_had_not_committed()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}: {Settings.Records} records, {Settings.Kills} kills");
        var random = new Random(seed);
        // At random moments, each while records are on their way.
        var moments = Enumerable.Range(0, Settings.Kills)
            .Select(_ => random.NextInt64(Settings.Records / 20, Settings.Records * 9L / 10)).Order().ToList();

        await using var sinks = await BothSinks.StartAsync(s_flushInterval);
        var feed = sinks.Feed(Settings.Records);
        using var stop = new CancellationTokenSource();
        // Slow enough that the kills fall into different flush intervals, and that the embedded Kafka, which keeps 5 MiB of a
        // partition, still has what was not committed when kills follow soon upon each other.
        var feeding = feed.RunAsync(Math.Clamp(Settings.Records / 30, 5_000, 12_000), stop.Token);
        var (fileMayRepeat, topicMayRepeat) = (0L, 0L);
        foreach (var moment in moments)
        {
            try
            {
                // Whatever stands still in either destination holds up the feed as well.
                await Harness.Waiting.UntilReachedAsync(
                    $"{moment} records were produced", () => feeding.IsFaulted ? moment : feed.Produced, moment);
                await Harness.Waiting.UntilAsync(
                    "most have arrived", () => feeding.IsFaulted || sinks.File.Backlog.Count < Settings.Records / 4);
            }
            catch (TimeoutException)
            {
                output.WriteLine($"produced {feed.Produced}; behind: file {sinks.File.Backlog.Count}, topic {sinks.Topic.Backlog.Count}");
                output.WriteLine(await sinks.Worker.Rest.StatusAsync(BothSinks.ToFile));
                output.WriteLine(await sinks.Worker.Rest.StatusAsync(BothSinks.ToTopic));
                output.WriteLine(sinks.Worker.Process.Tail());
                throw;
            }

            // What was stored before the kill is where the next start begins, at the least.
            Dictionary<int, long> fileOffsets, topicOffsets;
            var end = Environment.TickCount64 + random.Next(1000);
            do
            {
                fileOffsets = await sinks.Worker.Rest.OffsetsAsync(BothSinks.ToFile);
                topicOffsets = await sinks.Worker.Rest.OffsetsAsync(BothSinks.ToTopic);
            }
            while (Environment.TickCount64 < end);

            await sinks.Worker.KillAsync();
            await sinks.SettleAsync();
            fileMayRepeat += Uncommitted(sinks.File, fileOffsets);
            topicMayRepeat += Uncommitted(sinks.Topic, topicOffsets);
            await sinks.Worker.StartAsync();
        }

        await feeding;
        await sinks.WaitUntilDeliveredAsync(Settings.Records);
        Assert.Equal(0, await sinks.Worker.StopAsync(TimeSpan.FromMinutes(1)));

        Check("file", sinks.File.ReadBack(), fileMayRepeat);
        Check("topic", sinks.Topic.Check, topicMayRepeat);
    }

    private void Check(string destination, DeliveryCheck found, long mayRepeat)
    {
        output.WriteLine($"{destination}: {found.Distinct} found, {found.Duplicates} twice of at most {mayRepeat}, {found.OutOfOrder} out of order");
        Assert.Equal(0, found.Missing(0, Settings.Records));
        Assert.Equal(Settings.Records, found.Distinct);
        Assert.Equal((0, 0), (found.OutOfOrder, found.Unreadable));
        Assert.InRange(found.Duplicates, 0, mayRepeat);
        // Offsets that are never stored would repeat everything up to each kill.
        Assert.InRange(mayRepeat, 0, Settings.Kills * (long)Settings.Records / 2);
    }

    /// <summary>How many records have arrived beyond the stored offsets.</summary>
    private static long Uncommitted(Destination destination, IReadOnlyDictionary<int, long> offsets)
        => Enumerable.Range(0, BothSinks.Partitions).Sum(partition =>
        {
            var highest = destination.HighestOf(partition);
            return highest < 0 ? 0 : Math.Max(0, BothSinks.OffsetOf(highest) + 1 - offsets.GetValueOrDefault(partition));
        });
}
