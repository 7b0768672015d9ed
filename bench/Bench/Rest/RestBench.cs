using System.Diagnostics;
using System.Net;
using System.Text;
using Exports.Bench.Load;
using Exports.Bench.Measurements;
using Exports.Harness;

namespace Exports.Bench.Rest;

/// <summary>
/// How fast connectors are created over REST by many clients at once, and how long a listing of all with both expansions
/// takes, at three sizes: whether either grows faster than the number of connectors. Each connector has one task and a topic of
/// its own without data.
/// </summary>
internal static class RestBench
{
    private const int Clients = 16;
    private const int Listings = 10;

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        int[] sizes = [options.Connectors, 2 * options.Connectors, 4 * options.Connectors];
        var topics = Enumerable.Range(0, sizes[^1]).Select(number => (TopicOf(number), 1)).ToList();
        await using var kafka = await BenchKafka.StartAsync(options.Directory, topics);
        Console.WriteLine($"rest: {Clients} clients create connectors, {kafka.Name}");
        var table = new Table("", "created/s", "raw POST/s", "ratio", "list, ms", "raw GET, ms", "ratio", "list, MB");
        foreach (var state in (string[])["STOPPED", "RUNNING"])
        {
            foreach (var size in sizes)
            {
                Progress.Say($"{Table.Whole(size)} connectors, {state}");
                var worker = await OfWorkerAsync(options, kafka, state, size);
                var raw = await OfRawAsync(options, state, size, worker.Bytes);
                table.Add(
                    $"{Table.Whole(size)} {state}", Table.Whole(worker.Rate), Table.Whole(raw.Rate), Table.Fraction(worker.Rate / raw.Rate),
                    Table.Fraction(worker.ListMilliseconds), Table.Fraction(raw.ListMilliseconds), Table.Fraction(worker.ListMilliseconds / raw.ListMilliseconds),
                    Table.Fraction(worker.Bytes / 1e6));
                report.Add($"rest-{state.ToLowerInvariant()}-{size}", new { State = state, Connectors = size, Clients, Kafka = kafka.Name, Worker = worker, Raw = raw });
            }
        }

        table.Print();
    }

    private static async Task<Result> OfWorkerAsync(BenchOptions options, BenchKafka kafka, string state, int size)
    {
        await using var worker = await WorkerProcess.StartAsync(Path.Combine(options.Directory, $"rest-{state}-{size}"), new Dictionary<string, string>
        {
            ["bootstrap.servers"] = kafka.BootstrapServers,
            ["plugin.path"] = WorkerProcess.NoopSinkPath,
            ["log.level"] = "WARN",
        });
        var address = worker.Rest.Address;
        var rate = await PostAsync(new(address, "/connectors"), size, number =>
            $$$"""{"name":"{{{TopicOf(number)}}}","config":{"connector.class":"NoopSink","topics":"{{{TopicOf(number)}}}"},"initial_state":"{{{state}}}"}""");
        if (state == "RUNNING")
        {
            await Waiting.UntilAsync(
                $"{size} connectors are RUNNING", async () => await worker.Rest.RunningConnectorsAsync() == size, TimeSpan.FromMinutes(10));
        }

        var (milliseconds, bytes) = await GetAsync(new(address, "/connectors?expand=info&expand=status"));
        var listed = await worker.Rest.CountAsync();
        return listed == size ? new(rate, milliseconds, bytes) : throw new InvalidOperationException($"{listed} of {size} connectors are listed.");
    }

    private static async Task<Result> OfRawAsync(BenchOptions options, string state, int size, int bytes)
    {
        await using var server = await RawRestProcess.StartAsync(Path.Combine(options.Directory, $"rest-raw-{state}-{size}"));
        var address = server.Address;
        var rate = await PostAsync(address, size, number =>
            $$$"""{"name":"{{{TopicOf(number)}}}","config":{"connector.class":"NoopSink","topics":"{{{TopicOf(number)}}}"},"initial_state":"{{{state}}}"}""");
        var (milliseconds, _) = await GetAsync(new(address, $"?bytes={bytes}"));
        return new(rate, milliseconds, bytes);
    }

    /// <summary>Posts so many bodies by all clients at once. Each must be answered with 201. Returns how many a second.</summary>
    private static async Task<double> PostAsync(Uri address, int count, Func<int, string> body)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Clients }) { Timeout = TimeSpan.FromSeconds(90) };
        var next = -1;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < count)
            {
                using var content = new StringContent(body(number), Encoding.UTF8, "application/json");
                using var response = await http.PostAsync(address, content);
                if (response.StatusCode != HttpStatusCode.Created)
                    throw new InvalidOperationException($"Connector {number}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            }
        })));
        return count / clock.Elapsed.TotalSeconds;
    }

    /// <summary>The median of several answers' times, and their size.</summary>
    private static async Task<(double Milliseconds, int Bytes)> GetAsync(Uri address)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(90) };
        var times = new List<double>();
        var bytes = 0;
        for (var i = 0; i < Listings; i++)
        {
            var clock = Stopwatch.StartNew();
            bytes = (await http.GetByteArrayAsync(address)).Length;
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        return (Spread.Of(times).Median, bytes);
    }

    private static string TopicOf(int number) => $"rest-{number:D5}";

    /// <summary>What was measured of one server.</summary>
    /// <param name="Rate">Posts a second.</param>
    /// <param name="ListMilliseconds">The median time of a listing.</param>
    /// <param name="Bytes">Its size.</param>
    private sealed record Result(double Rate, double ListMilliseconds, int Bytes);
}
