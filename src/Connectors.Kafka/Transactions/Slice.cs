using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>The records of a put that come from one partition. Belongs to that partition's session.</summary>
internal sealed class Slice(TransactionalPut put, TopicPartition source)
{
    private readonly List<(int Start, int End)> _runs = [];
    private readonly List<RecordFailure> _rejected = [];

    public TopicPartition Source { get; } = source;

    /// <summary>Keeps the records' memory in place.</summary>
    public NativePins Pins { get; } = new();

    public ReadOnlySpan<SinkRecord> Records => put.Batch.Records;

    /// <summary>The offset of the first record.</summary>
    public long FirstOffset => Records[_runs[0].Start].Offset;

    /// <summary>The offset of the last record.</summary>
    public long LastOffset => Records[_runs[^1].End - 1].Offset;

    /// <summary>Where the slice's records lie in the batch: first index, and the index behind the last.</summary>
    public IReadOnlyList<(int Start, int End)> Runs => _runs;

    /// <summary>Records that are never to be delivered, in the order in which they were found.</summary>
    public IReadOnlyList<RecordFailure> Rejected => _rejected;

    /// <summary>The number of records.</summary>
    public int Count { get; private set; }

    /// <summary>Adds the batch's record of that index; indexes rise.</summary>
    public void Add(int index)
    {
        if (_runs.Count > 0 && _runs[^1].End == index)
            _runs[^1] = (_runs[^1].Start, index + 1);
        else
            _runs.Add((index, index + 1));
        Count++;
    }

    /// <summary>The indexes of the records.</summary>
    public IEnumerable<int> All()
    {
        foreach (var (start, end) in _runs)
        {
            for (var i = start; i < end; i++)
                yield return i;
        }
    }

    /// <summary>A record is never to be delivered.</summary>
    public void Reject(int index, Exception error) => _rejected.Add(new RecordFailure(index, error, CanRetry: false));

    public bool IsRejected(int index) => _rejected.Count > 0 && _rejected.Exists(failure => failure.Index == index);

    /// <summary>All records are delivered or rejected.</summary>
    public void Complete()
    {
        Pins.Release();
        put.Decide(_rejected);
    }

    /// <summary>The records up to a rejected one are delivered; it is not, nor are those behind it.</summary>
    /// <param name="rejected">The index of the rejected record.</param>
    public void CompleteUpTo(int rejected)
    {
        Pins.Release();
        var error = new RetriableException("A record before this one was refused, so it was not delivered.");
        put.Decide(
        [
            .. _rejected.Where(failure => failure.Index <= rejected),
            .. All().Where(index => index > rejected).Select(index => new RecordFailure(index, error, CanRetry: true)),
        ]);
    }

    /// <summary>No record was delivered.</summary>
    public void Fail(Exception error)
    {
        Pins.Release();
        put.Fail(this, error);
    }
}
