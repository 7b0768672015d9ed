using System.Collections.Concurrent;

namespace Exports.Demo.Checks;

/// <summary>
/// The events that were produced and not yet seen at one destination. One thread adds to it, one takes from it, and any may
/// ask for counts.
/// </summary>
/// <param name="partitions">The number of partitions.</param>
internal sealed class Backlog(int partitions)
{
    private readonly ConcurrentQueue<long>[] _waiting = [.. Enumerable.Range(0, partitions).Select(_ => new ConcurrentQueue<long>())];

    /// <summary>How many events wait in all partitions.</summary>
    public long Count => _waiting.Sum(queue => (long)queue.Count);

    /// <summary>How many events wait in the fullest partition.</summary>
    public int Highest => _waiting.Max(queue => queue.Count);

    /// <summary>An event was produced; events of a partition in the order of their sequence numbers.</summary>
    public void Produced(int partition, long sequence) => _waiting[partition].Enqueue(sequence);

    /// <summary>An event was seen at the destination, and so were those before it in its partition.</summary>
    public void Seen(int partition, long sequence)
    {
        var queue = _waiting[partition];
        while (queue.TryPeek(out var first) && first <= sequence)
            queue.TryDequeue(out _);
    }
}
