using System.Collections.Concurrent;
using Confluent.Kafka.Admin;
using Exports.Connectors.Sdk;
using TopicPartition = Exports.Connectors.Sdk.TopicPartition;

namespace Exports.Pipeline;

/// <summary>
/// Where partitions end, for those of which no reader is told: because a task is paused or down, or holds so much that it reads no more.
/// Thread-safe.
/// </summary>
public sealed class EndOffsets
{
    /// <summary>What is known too long ago is not told: the topic may have been made anew.</summary>
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(1);

    private readonly KafkaAdmin? _admin;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<TopicPartition, (long End, long At)> _known = new();

    /// <summary>Asks through the worker's administrative client.</summary>
    public EndOffsets(KafkaAdmin admin, TimeProvider time) => (_admin, _time) = (admin, time);

    private EndOffsets() => _time = TimeProvider.System;

    /// <summary>Knows none, and asks nobody.</summary>
    public static EndOffsets Unknown { get; } = new();

    /// <summary>The offset that the next record gets, as it was found within the last minute; null when it was not.</summary>
    public long? Find(TopicPartition partition)
        => _known.TryGetValue(partition, out var found) && _time.GetElapsedTime(found.At) < s_lifetime ? found.End : null;

    /// <summary>Asks Kafka for the ends of partitions, all in one question.</summary>
    /// <exception cref="ConnectException">Kafka does not answer, or refuses.</exception>
    public async Task RefreshAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        if (_admin is null || partitions.Count == 0)
            return;
        foreach (var (partition, end) in await _admin.ListOffsetsAsync(partitions, OffsetSpec.Latest(), cancellationToken).ConfigureAwait(false))
            _known[partition] = (end, _time.GetTimestamp());
        foreach (var (partition, (_, at)) in _known)
        {
            if (_time.GetElapsedTime(at) >= s_lifetime)
                _known.TryRemove(partition, out _);
        }
    }
}
