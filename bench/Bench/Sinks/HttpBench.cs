using System.Globalization;
using Exports.Bench.Measurements;

namespace Exports.Bench.Sinks;

/// <summary>Kafka → HTTP: lines of JSON, posted to a receiver that counts them and forgets them.</summary>
internal static class HttpBench
{
    private const long DefaultRecords = 2_000_000;

    // The sink's own defaults.
    private const int RequestRecords = 500;
    private const int InFlight = 8;

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        await using var load = await SinkLoad.StartAsync("http", options, DefaultRecords);
        await using var receiver = await ReceiverProcess.StartAsync(options.Directory);
        var contenders = load.To(new(receiver.CountAsync, receiver.ResetAsync, ("receiver", receiver.Process)));
        var rounds = new SinkRounds(
            "a receiver that only counts",
            reads => contenders.RawAsync(
                RawCommand.Http, () => new(receiver.Records, "", load.Records, load.Content, RequestRecords, InFlight), reads),
            ("HTTP sink", () => WorkerAsync("none")),
            ("HTTP sink, in the order of partitions", () => WorkerAsync("partition")));
        await rounds.RunAsync(options.Rounds);
        report.Add("http", load.ToReport(rounds));

        Task<Sample> WorkerAsync(string order) => contenders.WorkerAsync(() => new()
        {
            ["connector.class"] = "HttpSink",
            ["http.url"] = receiver.Records.ToString(),
            ["http.body.format"] = "ndjson",
            ["http.max.in.flight"] = InFlight.ToString(CultureInfo.InvariantCulture),
            ["http.order"] = order,
            ["batch.max.size"] = RequestRecords.ToString(CultureInfo.InvariantCulture),
        });
    }
}
