using Exports.Demo.Destinations;
using Exports.Harness;
using Exports.SystemTests.Records;

namespace Exports.SystemTests;

public sealed class HangingDestinationTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Held = "held";
    private const string Free = "free";
    private const int FreePartitions = 6;
    private const int FreeRate = 2_000;

    /// <summary>What all tasks may hold, and what a client may hold beyond that, with room for the runtime's own.</summary>
    private const long BufferBytes = 16L * 1024 * 1024;
    private const long MayGrow = 120_000_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("exports-system-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_destination_that_hangs_holds_up_its_own_connector_alone_and_gets_everything_when_it_comes_back()
    {
        var heldRecords = Settings.HangBytes / NumberedRecords.Size;
        // The embedded Kafka keeps 5 MiB of a partition.
        var heldPartitions = (int)(Settings.HangBytes / (4 * 1024 * 1024)) + 1;
        await using var source = await BrokerProcess.StartAsync(_directory, [(Held, heldPartitions), (Free, FreePartitions)], TimeSpan.FromHours(1));
        await using var target = await BrokerProcess.StartAsync(_directory, [(Held, heldPartitions)], TimeSpan.FromHours(1));
        await using var worker = await StartWorkerAsync(source, target);

        using var held = new TopicDestination(
            Held, target.BootstrapServers, NumberedRecords.TryRead, 0, number => (int)(number % heldPartitions), heldPartitions,
            TimeProvider.System, TimeSpan.FromMilliseconds(20));
        var free = new FileDestination(FreeFile, NumberedRecords.TryRead, number => (int)(number % FreePartitions), FreePartitions);
        await using var watcher = new Watcher(held, free);

        // It has worked, and then it hangs, while all the rest comes into Kafka.
        var heldFeed = new PacedFeed(source.BootstrapServers, Held, heldPartitions, heldRecords);
        var filling = heldFeed.RunAsync(int.MaxValue, TestContext.Current.CancellationToken);
        await Waiting.UntilAsync("the destination has got something", () => held.Arrived > 0);
        target.Process.Freeze();
        await filling;
        var before = worker.Process.Usage.ResidentBytes;

        // The other connector keeps its rate: what is fed while the destination hangs arrives while it hangs.
        var freeRecords = (long)(Settings.Hang.TotalSeconds * FreeRate);
        var freeFeed = new PacedFeed(source.BootstrapServers, Free, FreePartitions, freeRecords, free.Backlog);
        var feeding = freeFeed.RunAsync(FreeRate, TestContext.Current.CancellationToken);
        var most = before;
        await Waiting.UntilAsync("the other destination has got everything", () =>
        {
            most = Math.Max(most, worker.Process.Usage.ResidentBytes);
            return feeding.IsCompleted && free.Backlog.Count == 0;
        }, Settings.Hang + TimeSpan.FromMinutes(1));
        await feeding;
        var arrivedWhileHanging = held.Arrived;
        output.WriteLine($"resident: {before / 1e6:F0} MB before, at most {most / 1e6:F0} MB while {Settings.HangBytes / 1e6:F0} MB waited");
        Assert.True(arrivedWhileHanging < heldRecords / 2, $"{arrivedWhileHanging} of {heldRecords} records had arrived before it hung: nothing waited.");
        Assert.InRange(most - before, 0, MayGrow);

        target.Process.Thaw();
        var thawed = TimeProvider.System.GetTimestamp();
        try
        {
            await Waiting.UntilReachedAsync("the destination has got everything", () => held.Check.Distinct, heldRecords);
        }
        catch (TimeoutException)
        {
            output.WriteLine(await worker.Rest.StatusAsync(Held));
            output.WriteLine(string.Join(' ', await worker.Rest.OffsetsAsync(Held)));
            output.WriteLine(worker.Process.Tail());
            output.WriteLine($"target has exited: {target.Process.HasExited}; {target.Process.Tail()}");
            throw;
        }

        output.WriteLine($"{heldRecords} records have arrived {TimeProvider.System.GetElapsedTime(thawed).TotalSeconds:F0} s after it came back, {held.Check.Duplicates} of them twice");
        Assert.Equal(0, await worker.StopAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal((0, 0, 0), (held.Check.Missing(0, heldRecords), held.Check.OutOfOrder, held.Check.Unreadable));
        var freeFound = free.ReadBack();
        Assert.Equal((freeRecords, 0, 0), (freeFound.Distinct, freeFound.Duplicates, freeFound.OutOfOrder));
    }

    private string FreeFile => Path.Combine(_directory, "free.txt");

    private async Task<WorkerProcess> StartWorkerAsync(BrokerProcess source, BrokerProcess target)
    {
        var worker = await WorkerProcess.StartAsync(Path.Combine(_directory, "worker"), new Dictionary<string, string>
        {
            ["bootstrap.servers"] = source.BootstrapServers,
            ["pipeline.buffer.bytes"] = $"{BufferBytes}",
            ["pipeline.task.buffer.bytes"] = $"{BufferBytes / 4}",
            ["consumer.fetch.max.wait.ms"] = "10",
        });
        await worker.Rest.PutConfigAsync(Held, new Dictionary<string, string>
        {
            ["connector.class"] = "KafkaSink",
            ["tasks.max"] = "2",
            ["topics"] = Held,
            ["target.bootstrap.servers"] = target.BootstrapServers,
            ["target.topic"] = Held,
        });
        await worker.Rest.PutConfigAsync(Free, new Dictionary<string, string>
        {
            ["connector.class"] = "FileStreamSink",
            ["topics"] = Free,
            ["file"] = FreeFile,
        });
        await worker.Rest.WaitUntilRunningAsync(Held, 2);
        await worker.Rest.WaitUntilRunningAsync(Free, 1);
        return worker;
    }
}
