namespace Exports.Pipeline;

/// <summary>
/// Keeps count, for one partition, of which records have been acknowledged. Receives spans of offsets in the order in which
/// they are read, and acknowledgements in any order; guarantees that all records below <see cref="Committable"/> have been
/// acknowledged, and are no longer held. Offsets may have gaps. For one thread at a time, but for <see cref="Committable"/>.
/// </summary>
internal sealed class PartitionAcknowledgement(long position)
{
    // A ring of the spans that are not settled, oldest first. A span's number is its place since the beginning.
    private Span[] _spans = new Span[4];
    private long _first;
    private long _next;
    private long _committable = position;

    /// <summary>
    /// The offset of the next record to deliver: all before it are delivered. Null when none is known yet. May be read by any thread.
    /// </summary>
    public long? Committable => Volatile.Read(ref _committable) is >= 0 and var offset ? offset : null;

    /// <summary>How many spans are not acknowledged, or wait for an earlier one that is not.</summary>
    public int Outstanding => (int)(_next - _first);

    /// <summary>Notes that records are on their way.</summary>
    /// <param name="first">The offset of the first one.</param>
    /// <param name="last">The offset of the last one.</param>
    /// <returns>The span's number, for <see cref="Acknowledge"/>.</returns>
    public long Begin(long first, long last)
    {
        if (Outstanding == _spans.Length)
            Grow();
        _spans[_next & (_spans.Length - 1)] = new Span(first, last, IsAcknowledged: false, Holds: 0);
        if (Outstanding == 0)
            Volatile.Write(ref _committable, first);
        return _next++;
    }

    /// <summary>Notes that all records of a span are delivered, or are not going to be because they were filtered or skipped.</summary>
    public void Acknowledge(long number)
    {
        ref var span = ref _spans[number & (_spans.Length - 1)];
        span = span with { IsAcknowledged = true };
        Settle(number);
    }

    /// <summary>
    /// Keeps a span from being settled, acknowledged or not: something that belongs to it has still to become durable elsewhere. A
    /// span may be held more than once.
    /// </summary>
    public void Hold(long number)
    {
        ref var span = ref _spans[number & (_spans.Length - 1)];
        span = span with { Holds = span.Holds + 1 };
    }

    /// <summary>Takes back one <see cref="Hold"/>.</summary>
    public void Release(long number)
    {
        ref var span = ref _spans[number & (_spans.Length - 1)];
        span = span with { Holds = span.Holds - 1 };
        Settle(number);
    }

    /// <summary>Notes that all records of a span before an offset are delivered, or are not going to be.</summary>
    public void Advance(long number, long offset)
    {
        ref var span = ref _spans[number & (_spans.Length - 1)];
        if (span.Holds > 0)
            return;
        span = span with { First = offset };
        if (number == _first)
            Volatile.Write(ref _committable, offset);
    }

    private void Settle(long number)
    {
        if (number != _first)
            return;
        while (_first < _next)
        {
            ref readonly var oldest = ref _spans[_first & (_spans.Length - 1)];
            if (!oldest.IsAcknowledged || oldest.Holds > 0)
            {
                Volatile.Write(ref _committable, oldest.First);
                return;
            }

            Volatile.Write(ref _committable, oldest.Last + 1);
            _first++;
        }
    }

    private void Grow()
    {
        var larger = new Span[_spans.Length * 2];
        for (var number = _first; number < _next; number++)
            larger[number & (larger.Length - 1)] = _spans[number & (_spans.Length - 1)];
        _spans = larger;
    }

    private readonly record struct Span(long First, long Last, bool IsAcknowledged, int Holds);
}
