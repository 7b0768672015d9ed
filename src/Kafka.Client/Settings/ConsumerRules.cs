using static Exports.Kafka.Client.SettingRule;

namespace Exports.Kafka.Client;

/// <summary>Keys of consumers.</summary>
internal static class ConsumerRules
{
    private const string JavaPackage = "org.apache.kafka.clients.consumer.";

    public static IEnumerable<SettingRule> All { get; } =
    [
        Text("group.id", Roles.Consumer),
        Text("group.instance.id", Roles.Consumer),
        OneOf("group.protocol", Roles.Consumer, null, "classic", "consumer"),
        Text("group.remote.assignor", Roles.Consumer),
        new("partition.assignment.strategy", Roles.Consumer, Assignors),
        Number("session.timeout.ms", Roles.Consumer, 1, 3_600_000),
        Number("heartbeat.interval.ms", Roles.Consumer, 1, 3_600_000),
        Number("max.poll.interval.ms", Roles.Consumer, 1, 86_400_000),
        Ignored("max.poll.records", Roles.Consumer, "the size of batches follows the sink, and the bytes that may be held"),
        Boolean("enable.auto.commit", Roles.Consumer),
        Number("auto.commit.interval.ms", Roles.Consumer, 0, 86_400_000),
        new("auto.offset.reset", Roles.Consumer, OffsetReset),
        OneOf("isolation.level", Roles.Consumer, null, "read_uncommitted", "read_committed"),
        // 0 and 1 both mean: answer as soon as there is anything. librdkafka knows only 1.
        Number("fetch.min.bytes", Roles.Consumer, 0, 100_000_000, null, value => Math.Max(value, 1)),
        Number("fetch.max.wait.ms", Roles.Consumer, 0, 300_000, "fetch.wait.max.ms"),
        new("fetch.max.bytes", Roles.Consumer, FetchMaxBytes),
        Number("max.partition.fetch.bytes", Roles.Consumer, 1, 1_000_000_000, "fetch.message.max.bytes"),
        Boolean("check.crcs", Roles.Consumer),
        Boolean("allow.auto.create.topics", Roles.All),
        Ignored("exclude.internal.topics", Roles.Consumer, "topics are chosen by the connector, not by the client"),
        Ignored("key.deserializer", Roles.Consumer, Bytes),
        Ignored("value.deserializer", Roles.Consumer, Bytes),
    ];

    private const string Bytes = "the client reads bytes, and converters turn them into data";

    /// <summary>What the Java consumer does by default and librdkafka does not, and checks of keys against each other.</summary>
    public static void Finish(Translation t)
    {
        t.PutDefault("isolation.level", "read_uncommitted");
        if (t.Get("group.protocol") != "consumer")
            return;
        foreach (var key in (ReadOnlySpan<string>)
            ["session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy", "group.protocol.type"])
        {
            if (t.Get(key) is { } value)
                throw new KafkaSettingException(key, value, "with group.protocol=consumer the broker decides it; remove it");
        }
    }

    private static void Assignors(Translation t, string value)
    {
        var names = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name =>
            (name.StartsWith(JavaPackage, StringComparison.Ordinal) ? name[JavaPackage.Length..] : name) switch
            {
                "RangeAssignor" or "range" => "range",
                "RoundRobinAssignor" or "roundrobin" => "roundrobin",
                "CooperativeStickyAssignor" or "cooperative-sticky" => "cooperative-sticky",
                _ => throw new KafkaSettingException(
                    "partition.assignment.strategy", value,
                    $"'{name}' is not known; allowed: RangeAssignor, RoundRobinAssignor, CooperativeStickyAssignor"),
            }).Distinct().ToArray();
        if (names.Length == 0)
            return;
        // Java lists cooperative-sticky last to allow an upgrade; librdkafka takes one kind of protocol or the other.
        if (names.Contains("cooperative-sticky") && names.Length > 1)
            names = [.. names.Where(name => name != "cooperative-sticky")];
        t.Put("partition.assignment.strategy", string.Join(',', names), "partition.assignment.strategy");
    }

    private static void OffsetReset(Translation t, string value)
    {
        const string key = "auto.offset.reset";
        t.Put(key, value.ToLowerInvariant() switch
        {
            "earliest" or "smallest" or "beginning" => "earliest",
            "latest" or "largest" or "end" => "latest",
            "none" or "error" => "error",
            var other when other.StartsWith("by_duration", StringComparison.Ordinal) => throw new KafkaSettingException(
                key, value, "a start by duration is not supported yet; allowed: earliest, latest, none"),
            _ => throw new KafkaSettingException(key, value, "allowed: earliest, latest, none"),
        }, key);
    }

    /// <summary>librdkafka wants this to be no less than message.max.bytes, which means nothing else to a consumer.</summary>
    private static void FetchMaxBytes(Translation t, string value)
    {
        const string key = "fetch.max.bytes";
        var bytes = ParseNumber(key, value, 1000, 2_147_483_135);
        if (bytes < 1_000_000)
            t.Put("message.max.bytes", FormattableString.Invariant($"{bytes}"), key);
        t.Put(key, FormattableString.Invariant($"{bytes}"), key);
    }
}
