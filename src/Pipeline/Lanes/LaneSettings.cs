using System.Globalization;

namespace Exports.Pipeline;

/// <summary>The librdkafka settings of a lane. Tasks with equal settings share lanes.</summary>
internal sealed class LaneSettings : IEquatable<LaneSettings>
{
    // What a lane needs, whatever the user says: positions are the tasks' own business, and so is what happens when a
    // position is out of range.
    private static readonly (string Name, string Value)[] s_fixed =
    [
        ("enable.auto.commit", "false"),
        ("enable.auto.offset.store", "false"),
        ("auto.offset.reset", "error"),
        ("enable.partition.eof", "false"),
    ];

    // Chosen for speed within bounded memory; a user's own settings win. The names are librdkafka's.
    private static readonly (string Name, string Value)[] s_defaults =
    [
        // The most that waits inside librdkafka, for all partitions of the lane together.
        ("queued.max.messages.kbytes", "16384"),
        // A partition is looked at again this soon after the queue was found full. (The default of a second is what holds
        // a reader of large records back.)
        ("fetch.queue.backoff.ms", "5"),
        // One answer is one buffer, which lives as long as any record of it: keep it small. One is on its way per broker.
        ("fetch.max.bytes", "8388608"),
        // As the Java client does it: the first attempt at once, then at most a second apart.
        ("reconnect.backoff.ms", "50"),
        ("reconnect.backoff.max.ms", "1000"),
        // Closing would wait for a last report.
        ("enable.metrics.push", "false"),
    ];

    // A lane is in no group. Who sets these means something else by them, or nothing.
    private static readonly HashSet<string> s_membership = new(StringComparer.Ordinal)
    {
        "group.id", "group.instance.id", "group.protocol", "group.protocol.type", "group.remote.assignor",
        "partition.assignment.strategy", "session.timeout.ms", "heartbeat.interval.ms", "max.poll.interval.ms",
        "auto.commit.interval.ms",
    };

    private readonly SortedDictionary<string, string> _settings = new(StringComparer.Ordinal);
    private readonly string _identity;

    /// <summary>Completes settings for a lane.</summary>
    /// <param name="client">The user's settings under librdkafka's names.</param>
    /// <param name="groupId">The worker's group; lanes never commit to it.</param>
    public LaneSettings(IEnumerable<KeyValuePair<string, string>> client, string groupId)
    {
        foreach (var (name, value) in s_defaults)
            _settings[name] = value;
        foreach (var (name, value) in client)
        {
            if (!s_membership.Contains(name))
                _settings[name] = value;
        }

        foreach (var (name, value) in s_fixed)
            _settings[name] = value;
        _settings["group.id"] = groupId;
        _identity = string.Join('\n', _settings.Select(s => $"{s.Key}={s.Value}"));
    }

    /// <summary>All settings. They may hold secrets.</summary>
    public IReadOnlyDictionary<string, string> Values => _settings;

    /// <summary>The most that one answer from Kafka holds, in bytes, unless a single message set is larger.</summary>
    public long MaxFetchBytes => long.Parse(_settings["fetch.max.bytes"], CultureInfo.InvariantCulture);

    public bool Equals(LaneSettings? other) => other is not null && other._identity == _identity;

    public override bool Equals(object? obj) => Equals(obj as LaneSettings);

    public override int GetHashCode() => _identity.GetHashCode(StringComparison.Ordinal);

    /// <summary>Names nothing: the settings may hold secrets.</summary>
    public override string ToString() => nameof(LaneSettings);
}
