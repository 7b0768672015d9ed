using System.Globalization;
using Exports.Bench.Measurements;
using Exports.Peers;

namespace Exports.Bench.Sinks;

/// <summary>Kafka → Pub/Sub: to an emulator behind its front, and to a receiver that counts messages and forgets them.</summary>
internal static class PubSubBench
{
    private const string Topic = "bench";
    private const long StoredRecords = 1_000_000;
    private const long DiscardedRecords = 2_000_000;

    // The service's limit, and as many requests at once as the sink has.
    private const int RequestRecords = 1000;
    private const int InFlight = 32;

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        await using (var peer = await PubSubPeer.StartAsync(options.Directory))
        {
            await peer.CreateTopicAloneAsync(Topic);
            await RunAsync("pubsub", "Pub/Sub emulator behind its front", peer.Endpoint, options, StoredRecords, report, new(
                async () => (await peer.StatisticsAsync()).AcceptedMessages, peer.ResetStatisticsAsync, ("front", peer.Front), ("emulator", peer.Emulator)));
        }

        await using var receiver = await ReceiverProcess.StartAsync(options.Directory);
        await RunAsync("pubsub-receiver", "a receiver that only counts", receiver.Grpc, options, DiscardedRecords, report, new(
            receiver.CountAsync, receiver.ResetAsync, ("receiver", receiver.Process)));
    }

    private static async Task RunAsync(
        string name, string at, Uri endpoint, BenchOptions options, long defaultRecords, Report report, Destination destination)
    {
        await using var load = await SinkLoad.StartAsync("pubsub", options, defaultRecords);
        var contenders = load.To(destination);
        var rounds = new SinkRounds(
            at,
            reads => contenders.RawAsync(
                RawCommand.PubSub,
                () => new(endpoint, $"projects/{PubSubPeer.Project}/topics/{Topic}", load.Records, load.Content, RequestRecords, InFlight),
                reads),
            ("Pub/Sub sink", () => WorkerAsync("none")),
            ("Pub/Sub sink, a key a request", () => WorkerAsync("key")));
        await rounds.RunAsync(options.Rounds);
        report.Add(name, load.ToReport(rounds));

        Task<Sample> WorkerAsync(string orderingKeySource) => contenders.WorkerAsync(
            () => new()
            {
                ["connector.class"] = "PubSubSink",
                ["cps.project"] = PubSubPeer.Project,
                ["cps.topic"] = Topic,
                ["cps.endpoint"] = endpoint.Authority,
                ["cps.useEmulator"] = "true",
                ["maxBufferSize"] = RequestRecords.ToString(CultureInfo.InvariantCulture),
                ["orderingKeySource"] = orderingKeySource,
            },
            new Dictionary<string, string?> { ["PUBSUB_EMULATOR_HOST"] = null });
    }
}
