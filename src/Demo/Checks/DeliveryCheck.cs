namespace Exports.Demo.Checks;

/// <summary>
/// Counts events at a destination by their sequence numbers: how many there are, which are missing, which came more than
/// once, and whether each partition's first copies came in order. Not thread-safe.
/// </summary>
/// <param name="partitionOf">The partition of a sequence number.</param>
/// <param name="partitions">The number of partitions.</param>
internal sealed class DeliveryCheck(Func<long, int> partitionOf, int partitions)
{
    private readonly long[] _highest = [.. Enumerable.Repeat(-1L, partitions)];
    private ulong[] _seen = new ulong[1024];

    /// <summary>Events that were found, each counted once.</summary>
    public long Distinct { get; private set; }

    /// <summary>Further copies of events that had been found already.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Events whose first copy came after a later event of the same partition.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>What was found and is no event.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Counts an event.</summary>
    public void Add(long sequence)
    {
        var partition = partitionOf(sequence);
        var (word, bit) = ((int)(sequence >> 6), 1UL << (int)(sequence & 63));
        if (word >= _seen.Length)
            Array.Resize(ref _seen, Math.Max(word + 1, _seen.Length * 2));
        if ((_seen[word] & bit) != 0)
        {
            Duplicates++;
            return;
        }

        _seen[word] |= bit;
        Distinct++;
        if (sequence < _highest[partition])
            OutOfOrder++;
        else
            _highest[partition] = sequence;
    }

    /// <summary>Counts something that is no event.</summary>
    public void AddUnreadable() => Unreadable++;

    /// <summary>Whether an event was found.</summary>
    public bool Has(long sequence)
    {
        var word = sequence >> 6;
        return word < _seen.Length && (_seen[word] & (1UL << (int)(sequence & 63))) != 0;
    }

    /// <summary>How many events from <paramref name="first"/> to before <paramref name="end"/> were not found.</summary>
    public long Missing(long first, long end)
    {
        var missing = 0L;
        for (var sequence = first; sequence < end; sequence++)
        {
            if (!Has(sequence))
                missing++;
        }

        return missing;
    }
}
