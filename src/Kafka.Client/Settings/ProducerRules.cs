using static Exports.Kafka.Client.SettingRule;

namespace Exports.Kafka.Client;

/// <summary>Keys of producers.</summary>
internal static class ProducerRules
{
    private const string JavaPackage = "org.apache.kafka.clients.producer.";
    private const string Bytes = "the client writes bytes, which converters make";
    private const string TransactionalId = "whoever uses transactions names them; remove it";
    private const string TwoPhases = "transactions end in one phase; remove it";

    public static IEnumerable<SettingRule> All { get; } =
    [
        OneOf("acks", Roles.Producer, null, "all=-1", "-1", "0", "1"),
        Boolean("enable.idempotence", Roles.Producer),
        Number("max.in.flight.requests.per.connection", Roles.Producer, 1, 1_000_000),
        Number("retries", Roles.Producer, 0, int.MaxValue),
        Ignored("retries", Roles.Admin, "questions are repeated until their time limit"),
        new("linger.ms", Roles.Producer, Linger),
        // 0 switches batching off, which is what the smallest batch does.
        Number("batch.size", Roles.Producer, 0, int.MaxValue, null, value => Math.Max(value, 1)),
        Number(
            "buffer.memory", Roles.Producer, 1, int.MaxValue * 1024L, "queue.buffering.max.kbytes",
            value => (value + 1023) / 1024),
        Number("max.request.size", Roles.Producer, 1000, 1_000_000_000, "message.max.bytes"),
        Number("delivery.timeout.ms", Roles.Producer, 1, int.MaxValue, "message.timeout.ms"),
        // What Java calls blocking on metadata: how long a topic may be missing before its records fail.
        Number("max.block.ms", Roles.Producer, 0, 3_600_000, "topic.metadata.propagation.max.ms"),
        new("compression.type", Roles.Producer, Compression),
        new("compression.gzip.level", Roles.Producer, (t, value) => Level(t, "gzip", value, -1, 9)),
        new("compression.lz4.level", Roles.Producer, (t, value) => Level(t, "lz4", value, 1, 12)),
        new("compression.zstd.level", Roles.Producer, (t, value) => Level(t, "zstd", value, 1, 12)),
        new("partitioner.class", Roles.Producer, Partitioner),
        new("partitioner.ignore.keys", Roles.Producer, (t, value) =>
        {
            if (ParseBoolean("partitioner.ignore.keys", value))
                t.Put("partitioner", "random", "partitioner.ignore.keys");
        }),
        Ignored("partitioner.adaptive.partitioning.enable", Roles.Producer, "records without key stick to a random partition"),
        Ignored("partitioner.availability.timeout.ms", Roles.Producer, "records without key stick to a random partition"),
        Ignored("metadata.max.idle.ms", Roles.Producer, "what is known of a topic is kept while the client lives"),
        Refused("transactional.id", Roles.Producer, TransactionalId),
        Number("transaction.timeout.ms", Roles.Producer, 1000, int.MaxValue),
        Refused("transaction.two.phase.commit.enable", Roles.Producer, TwoPhases, "false"),
        Ignored("key.serializer", Roles.Producer, Bytes),
        Ignored("value.serializer", Roles.Producer, Bytes),
    ];

    /// <summary>What the Java producer does by default and librdkafka does not, and checks of keys against each other.</summary>
    public static void Finish(Translation t)
    {
        // The key decides about the partition in the same way as with Java producers.
        t.PutDefault("partitioner", "murmur2_random");
        Idempotence(t);
        var linger = t.Get("linger.ms");
        if (linger is not null && t.Get("message.timeout.ms") is { } timeout && timeout != "0"
            && double.Parse(timeout, System.Globalization.CultureInfo.InvariantCulture)
                <= double.Parse(linger, System.Globalization.CultureInfo.InvariantCulture))
        {
            throw new KafkaSettingException("delivery.timeout.ms", timeout, $"must be more than linger.ms, which is {linger}");
        }
    }

    /// <summary>
    /// On by default. As with Java producers, settings that exclude it switch it off unless it was asked for by name, and too
    /// many requests in flight are an error in any case.
    /// </summary>
    private static void Idempotence(Translation t)
    {
        const string key = "enable.idempotence";
        var asked = t.Get(key);
        if (asked == "false")
            return;
        if (t.Get("max.in.flight.requests.per.connection") is { } inFlight && int.Parse(inFlight) > 5)
        {
            throw new KafkaSettingException(
                "max.in.flight.requests.per.connection", inFlight, $"allowed: 1 to 5, unless {key} is false");
        }

        string? obstacle = (t.Get("acks"), t.Get("retries")) switch
        {
            ({ } acks, _) when acks != "-1" => $"acks={acks}",
            (_, "0") => "retries=0",
            _ => null,
        };
        if (obstacle is not null && asked is not null)
            throw new KafkaSettingException(key, asked, $"it needs acks=all and retries above 0, and {obstacle} is set");
        t.PutDefault(key, obstacle is null ? "true" : "false");
    }

    private static void Linger(Translation t, string value)
    {
        // librdkafka knows fractions of a millisecond; Java does not.
        if (!decimal.TryParse(
                value, System.Globalization.NumberStyles.AllowDecimalPoint,
                System.Globalization.CultureInfo.InvariantCulture, out var linger)
            || linger > 900_000)
        {
            throw new KafkaSettingException("linger.ms", value, "allowed: numbers from 0 to 900000");
        }

        t.Put("linger.ms", linger.ToString(System.Globalization.CultureInfo.InvariantCulture), "linger.ms");
    }

    private static void Compression(Translation t, string value)
    {
        var codec = value.ToLowerInvariant();
        if (codec is not ("none" or "gzip" or "snappy" or "lz4" or "zstd"))
            throw new KafkaSettingException("compression.type", value, "allowed: none, gzip, snappy, lz4, zstd");
        t.Put("compression.type", codec, "compression.type");
    }

    private static void Level(Translation t, string codec, string value, long min, long max)
    {
        var key = $"compression.{codec}.level";
        var level = ParseNumber(key, value, min, max);
        if (string.Equals(t.Peek("compression.type") ?? t.Peek("compression.codec"), codec, StringComparison.OrdinalIgnoreCase))
            t.Put("compression.level", FormattableString.Invariant($"{level}"), key);
        else
            t.Ignore(key, $"compression.type is not {codec}");
    }

    private static void Partitioner(Translation t, string value)
    {
        var name = value.StartsWith(JavaPackage, StringComparison.Ordinal) ? value[JavaPackage.Length..] : value;
        switch (name)
        {
            case "":
                return;
            case "internals.DefaultPartitioner":
                t.Put("partitioner", "murmur2_random", "partitioner.class");
                return;
            case "UniformStickyPartitioner":
                t.Put("partitioner", "random", "partitioner.class");
                return;
            default:
                throw new KafkaSettingException(
                    "partitioner.class", value,
                    "a Java class cannot run here; remove it to place records by their keys as Java producers do, or set "
                    + "librdkafka's partitioner to one of random, consistent, consistent_random, murmur2, murmur2_random, "
                    + "fnv1a, fnv1a_random");
        }
    }
}
