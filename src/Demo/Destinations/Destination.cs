using Exports.Demo.Checks;

namespace Exports.Demo.Destinations;

/// <summary>Reads a record at a destination; false when it is none of ours.</summary>
/// <param name="value">The record's value.</param>
/// <param name="sequence">Its sequence number.</param>
/// <param name="time">When it was made, in microseconds since 1970.</param>
internal delegate bool RecordReader(ReadOnlySpan<byte> value, out long sequence, out long time);

/// <summary>What arrives at a destination, looked at while it arrives. Counts may be read from any thread.</summary>
/// <param name="name">How the demo calls it.</param>
/// <param name="partitionOf">The source partition of a sequence number.</param>
/// <param name="partitions">The number of partitions of the source topic.</param>
internal abstract class Destination(string name, Func<long, int> partitionOf, int partitions)
{
    private readonly long[] _highest = [.. Enumerable.Repeat(-1L, partitions)];
    private long _arrived;

    /// <summary>How the demo calls it.</summary>
    public string Name { get; } = name;

    /// <summary>The records that were produced and have not arrived.</summary>
    public Backlog Backlog { get; } = new(partitions);

    /// <summary>How many records have arrived since the demo began to look, duplicates among them.</summary>
    public long Arrived => Volatile.Read(ref _arrived);

    /// <summary>The highest sequence number that has arrived of a source partition; −1 for none.</summary>
    public long HighestOf(int partition) => Volatile.Read(ref _highest[partition]);

    /// <summary>Looks at what arrives until told to stop; blocks.</summary>
    public abstract void Watch(CancellationToken stop);

    /// <summary>A check to count all that is found with.</summary>
    protected DeliveryCheck NewCheck() => new(partitionOf, partitions);

    /// <summary>A record has arrived.</summary>
    protected void Count(long sequence)
    {
        var partition = partitionOf(sequence);
        if (sequence > _highest[partition])
            Volatile.Write(ref _highest[partition], sequence);
        Backlog.Seen(partition, sequence);
        Volatile.Write(ref _arrived, _arrived + 1);
    }
}
