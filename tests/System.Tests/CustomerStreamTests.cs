using Exports.Harness;
using Exports.SystemTests.Streams;

namespace Exports.SystemTests;

/// <summary>The whole way, from Kafka to a customer's stream whose owner's configuration is posted as it is.</summary>
public sealed class CustomerStreamTests(ITestOutputHelper output) : IDisposable
{
    private const string Topic = "mux-demo-event-stream-export";
    private const string Connector = "to-customer";
    private const int BufferBytes = 16 * 1024 * 1024;

    private readonly string _directory = Directory.CreateTempSubdirectory("exports-stream-").FullName;

    [Theory]
    [InlineData("kinesis")]
    [InlineData("pubsub")]
    [InlineData("webhook")]
    public async Task Nothing_is_lost_and_keys_stay_in_order_while_the_service_fails_and_the_worker_is_killed(string service)
    {
        var records = new KeyedRecords(partitions: 16);
        await using var stream = await StartStreamAsync(service);
        await using var kafka = await BrokerProcess.StartAsync(_directory, [(Topic, records.Partitions)], TimeSpan.FromHours(1));
        await using var worker = await StartWorkerAsync(kafka, stream);
        var random = new Random();
        records.Produce(kafka.BootstrapServers, Topic, 0, Settings.Records / 2);
        await stream.InjectFaultsAsync();
        await worker.Rest.PutConfigAsync(Connector, new Dictionary<string, string>(stream.Connector) { ["topics"] = Topic });
        var producing = Task.Run(() => records.Produce(kafka.BootstrapServers, Topic, Settings.Records / 2, Settings.Records));

        for (var kill = 1; kill <= Settings.Kills; kill++)
        {
            var accepted = await stream.AcceptedAsync();
            await Waiting.UntilAsync(
                "more is accepted", async () => await stream.AcceptedAsync() > accepted + (Settings.Records / (Settings.Kills + 2)));
            await Task.Delay(random.Next(200));
            await stream.InjectFaultsAsync();
            await worker.KillAsync();
            await worker.StartAsync();
        }

        await producing;
        await IsCommittedAsync(worker, stream, Settings.Records);
        output.WriteLine($"{service}: {await stream.DescribeAsync()}");
        await CheckAsync(stream, records, Settings.Records);
        Assert.Equal(0, await worker.StopAsync(TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData("kinesis")]
    [InlineData("pubsub")]
    [InlineData("webhook")]
    public async Task Memory_stays_bounded_while_the_service_stalls(string service)
    {
        var records = new KeyedRecords(partitions: (int)(Settings.HangBytes / 4_000_000) + 8, size: 40_000);
        var count = (int)(Settings.HangBytes / 40_000);
        await using var stream = await StartStreamAsync(service);
        await using var kafka = await BrokerProcess.StartAsync(_directory, [(Topic, records.Partitions)], TimeSpan.FromHours(1));
        await using var worker = await StartWorkerAsync(kafka, stream);
        await worker.Rest.PutConfigAsync(Connector, new Dictionary<string, string>(stream.Connector) { ["topics"] = Topic });
        // Some go through, so that what is compiled and connected counts as before.
        records.Produce(kafka.BootstrapServers, Topic, 0, count / 10);
        await IsCommittedAsync(worker, stream, count / 10);
        var before = worker.Process.Usage.PeakResidentBytes;

        await stream.StallAsync();
        records.Produce(kafka.BootstrapServers, Topic, count / 10, count);
        await Waiting.UntilAsync("the task is held up for a while", async () =>
        {
            var offsets = await worker.Rest.OffsetsAsync(Connector);
            await Task.Delay(Settings.Hang);
            return offsets.Values.Sum() == (await worker.Rest.OffsetsAsync(Connector)).Values.Sum();
        });
        var growth = worker.Process.Usage.PeakResidentBytes - before;
        await stream.HealAsync();
        await IsCommittedAsync(worker, stream, count);

        output.WriteLine($"{service}: peak {before / 1_000_000} MB before, {growth / 1_000_000} MB more while it stalled");
        // What is read, the same as the bodies of requests, and what the collector has not collected.
        Assert.InRange(growth, 0, BufferBytes * 6);
        await CheckAsync(stream, records, count);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static Task<WorkerProcess> StartWorkerAsync(string directory, BrokerProcess kafka, ICustomerStream stream)
        => WorkerProcess.StartAsync(
            directory,
            new Dictionary<string, string>
            {
                ["bootstrap.servers"] = kafka.BootstrapServers,
                ["offset.flush.interval.ms"] = "500",
                ["consumer.fetch.max.wait.ms"] = "10",
                ["pipeline.buffer.bytes"] = $"{BufferBytes}",
                ["pipeline.task.buffer.bytes"] = $"{BufferBytes / 4}",
            },
            stream.Environment);

    private Task<WorkerProcess> StartWorkerAsync(BrokerProcess kafka, ICustomerStream stream)
        => StartWorkerAsync(Path.Combine(_directory, "worker"), kafka, stream);

    private Task<ICustomerStream> StartStreamAsync(string service) => service switch
    {
        "kinesis" => KinesisStream.StartAsync(_directory),
        "pubsub" => PubSubStream.StartAsync(_directory),
        "webhook" => WebhookStream.StartAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(service), service, "There is no such service."),
    };

    /// <summary>Waits, for as long as the destination accepts records, until the worker has stored the offsets behind all.</summary>
    private async Task IsCommittedAsync(WorkerProcess worker, ICustomerStream stream, long records)
    {
        var (last, since) = (-1L, Environment.TickCount64);
        while (true)
        {
            var stored = (await worker.Rest.OffsetsAsync(Connector)).Values.Sum();
            if (stored == records)
                return;
            var accepted = await stream.AcceptedAsync();
            if (accepted != last)
                (last, since) = (accepted, Environment.TickCount64);
            if (Environment.TickCount64 - since > 90_000)
            {
                throw new TimeoutException(
                    $"Stored {stored} of {records}. {await stream.DescribeAsync()}\n{await worker.Rest.StatusAsync(Connector)}\n{worker.Process.Tail()}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Counts at the destination.</summary>
    private async Task CheckAsync(ICustomerStream stream, KeyedRecords records, int count)
    {
        var found = await stream.ReadAsync(count);
        var (unreadable, twice, disorder) = (0, 0, 0);
        var seen = new bool[count];
        var highest = new Dictionary<string, long>();
        foreach (var (key, data) in found)
        {
            if (!records.TryRead(key, data, out var number) || number >= count)
            {
                unreadable++;
                continue;
            }

            // What comes again comes behind later ones, which is what at least once means; the first time counts.
            if (seen[number])
                twice++;
            else if (number < highest.GetValueOrDefault(key, -1))
                disorder++;
            seen[number] = true;
            highest[key] = Math.Max(number, highest.GetValueOrDefault(key, -1));
        }

        output.WriteLine($"{found.Count} read, {twice} twice, {disorder} out of order, {seen.Count(was => !was)} missing");
        Assert.Equal((0, 0, 0), (unreadable, disorder, seen.Count(was => !was)));
    }
}
