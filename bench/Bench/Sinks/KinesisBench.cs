using Exports.Bench.Measurements;
using Exports.Peers;

namespace Exports.Bench.Sinks;

/// <summary>Kafka → Kinesis: to an emulator that stores, and to its front alone, which checks signatures and forgets.</summary>
internal static class KinesisBench
{
    private const int Shards = 8;
    private const long StoredRecords = 200_000;
    private const long DiscardedRecords = 1_000_000;

    // The service's limit, and the sink's own default.
    private const int RequestRecords = 500;
    private const int InFlight = 24;

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        await using var peer = await KinesisPeer.StartAsync(options.Directory);
        await RunAsync(peer, "kinesis", "Kinesis emulator behind its front", options, StoredRecords, report);
        await peer.SetDiscardAsync(true);
        await RunAsync(peer, "kinesis-front", "the front alone, which checks signatures, counts and forgets", options, DiscardedRecords, report);
    }

    private static async Task RunAsync(
        KinesisPeer peer, string name, string destination, BenchOptions options, long defaultRecords, Report report)
    {
        await using var load = await SinkLoad.StartAsync("kinesis", options, defaultRecords);
        var stream = "";
        var streams = 0;
        var contenders = load.To(new(
            async () => (await peer.StatisticsAsync()).AcceptedRecords,
            async () =>
            {
                // A new one each time, since the emulator keeps records in memory.
                if (stream.Length > 0)
                    await peer.DeleteStreamAsync(stream);
                await peer.CreateStreamAsync(stream = $"{name}-{++streams}", Shards);
                await peer.ResetStatisticsAsync();
            },
            ("front", peer.Front), ("emulator", peer.Emulator)));
        var rounds = new SinkRounds(
            destination,
            reads => contenders.RawAsync(
                RawCommand.Kinesis, () => new(peer.Endpoint, stream, load.Records, load.Content, RequestRecords, InFlight), reads),
            ("Kinesis sink", () => WorkerAsync([])),
            ("Kinesis sink, ordered=false", () => WorkerAsync(new() { ["ordered"] = "false" })));
        await rounds.RunAsync(options.Rounds);
        await peer.DeleteStreamAsync(stream);
        report.Add(name, load.ToReport(rounds));

        Task<Sample> WorkerAsync(Dictionary<string, string> more) => contenders.WorkerAsync(
            () => new(more)
            {
                ["connector.class"] = "KinesisSink",
                ["streamName"] = stream,
                ["region"] = KinesisPeer.Region,
                ["kinesisEndpoint"] = peer.Endpoint.ToString(),
            },
            new Dictionary<string, string?>
            {
                ["AWS_ACCESS_KEY_ID"] = KinesisPeer.AccessKeyId,
                ["AWS_SECRET_ACCESS_KEY"] = KinesisPeer.SecretAccessKey,
                ["AWS_SESSION_TOKEN"] = null,
            });
    }
}
