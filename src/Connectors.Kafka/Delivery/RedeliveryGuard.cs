using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>
/// Keeps records from overtaking failed ones. When a batch has failed, the pipeline delivers it again; but it may have
/// sent a later one before it saw the failure. Such a batch is turned away once, so that it comes again behind the failed
/// one. What comes again although nothing was delivered anew in between is let through: then the pipeline has
/// seen the failure and gone on. Not thread-safe.
/// </summary>
internal sealed class RedeliveryGuard
{
    private readonly Dictionary<TopicPartition, Entry> _partitions = [];

    /// <summary>Remembers that a batch has failed and is to come again.</summary>
    public void Expect(SinkBatch batch)
    {
        foreach (ref readonly var record in batch.Records)
        {
            var partition = new TopicPartition(record.Topic, record.Partition);
            if (!_partitions.TryGetValue(partition, out var entry))
                _partitions.Add(partition, new Entry { Highest = record.Offset });
            else
                entry.Highest = Math.Max(entry.Highest, record.Offset);
        }
    }

    /// <summary>Whether a batch may be written now. One that may not is expected to come again.</summary>
    public bool Admits(SinkBatch batch)
    {
        if (_partitions.Count == 0)
            return true;
        var admitted = true;
        foreach (ref readonly var record in batch.Records)
        {
            if (!_partitions.TryGetValue(new(record.Topic, record.Partition), out var entry)
                || entry.Seen
                || record.Offset <= entry.Highest
                || record.Offset == entry.TurnedAway)
            {
                if (entry is not null)
                    entry.Seen = true;
                continue;
            }

            admitted = false;
            entry.Seen = true;
            entry.TurnedAway = entry.TurnedAway is { } earlier ? Math.Min(earlier, record.Offset) : record.Offset;
        }

        foreach (ref readonly var record in batch.Records)
        {
            var partition = new TopicPartition(record.Topic, record.Partition);
            if (admitted)
                _partitions.Remove(partition);
            else if (_partitions.TryGetValue(partition, out var entry))
                entry.Seen = false;
        }

        return admitted;
    }

    private sealed class Entry
    {
        /// <summary>The last offset that failed.</summary>
        public long Highest;

        /// <summary>The first offset that was turned away since.</summary>
        public long? TurnedAway;

        /// <summary>Whether this partition's first record in the batch at hand has been looked at: it decides.</summary>
        public bool Seen;
    }
}
