using Exports.Bench.Measurements;
using Exports.Peers;

namespace Exports.Bench.Sinks;

/// <summary>Kafka → Kinesis: to an emulator that stores, and to its front alone, which checks signatures and forgets.</summary>
internal static class KinesisBench
{
    private const int Shards = 8;
    private const long DefaultRecords = 200_000;

    // The service's limit, and the sink's own default.
    private const int RequestRecords = 500;
    private const int InFlight = 24;

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        await using var peer = await KinesisPeer.StartAsync(options.Directory);
        await using var load = await SinkLoad.StartAsync("kinesis", options, DefaultRecords);
        var stream = "";
        var streams = 0;
        var contenders = load.To(new(
            async () => (await peer.StatisticsAsync()).AcceptedRecords,
            async () =>
            {
                // A new one each time, since the emulator keeps records in memory.
                if (stream.Length > 0)
                    await peer.DeleteStreamAsync(stream);
                await peer.CreateStreamAsync(stream = $"bench-{++streams}", Shards);
                await peer.ResetStatisticsAsync();
            },
            ("front", peer.Front), ("emulator", peer.Emulator)));

        var stored = Rounds("Kinesis emulator behind its front");
        await stored.RunAsync(options.Rounds);
        await peer.SetDiscardAsync(true);
        var discarded = Rounds("the front alone");
        await discarded.RunAsync(options.Rounds);
        report.Add("kinesis", load.ToReport(("emulator", stored), ("front alone", discarded)));

        SinkRounds Rounds(string destination) => new(
            destination,
            () => contenders.RawAsync(RawCommand.Kinesis, () => new(peer.Endpoint, stream, load.Records, load.Content, RequestRecords, InFlight)),
            ("Kinesis sink", () => WorkerAsync([])),
            ("Kinesis sink, ordered=false", () => WorkerAsync(new() { ["ordered"] = "false" })));

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
