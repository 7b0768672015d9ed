using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>A batch on its way, in one slice for each partition that its records come from. Thread-safe.</summary>
internal sealed class TransactionalPut
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<Slice> _slices = [];
    private readonly List<RecordFailure> _failures = [];
    private Exception? _fatal;
    private RetriableException? _retriable;
    private int _undecided;
    private int _notDelivered;

    public TransactionalPut(SinkBatch batch)
    {
        Batch = batch;
        Slice? slice = null;
        var records = batch.Records;
        for (var i = 0; i < records.Length; i++)
        {
            ref readonly var record = ref records[i];
            if (slice is null || slice.Source.Partition != record.Partition || !IsSame(slice.Source.Topic, record.OriginalTopic))
                slice = SliceOf(new TopicPartition(record.OriginalTopic, record.Partition));
            slice.Add(i);
        }

        _undecided = _slices.Count;
    }

    public SinkBatch Batch { get; }

    /// <summary>The batch's records by partition, each partition's in order.</summary>
    public IReadOnlyList<Slice> Slices => _slices;

    /// <summary>Completes when every slice is decided.</summary>
    public Task Task => _completion.Task;

    /// <summary>A slice is decided: what is not among the failures is delivered.</summary>
    public void Decide(IEnumerable<RecordFailure> failures)
    {
        lock (_lock)
        {
            _failures.AddRange(failures);
            if (--_undecided > 0)
                return;
        }

        Finish();
    }

    /// <summary>A slice was not delivered, no record of it.</summary>
    public void Fail(Slice slice, Exception error)
    {
        lock (_lock)
        {
            _notDelivered++;
            if (error is RetriableException retriable)
            {
                _retriable ??= retriable;
                _failures.AddRange(slice.All().Select(index => new RecordFailure(index, error, CanRetry: true)));
            }
            else
            {
                _fatal ??= error;
            }

            if (--_undecided > 0)
                return;
        }

        Finish();
    }

    private static bool IsSame(string a, string b) => ReferenceEquals(a, b) || a == b;

    private Slice SliceOf(TopicPartition source)
    {
        if (_slices.Find(slice => slice.Source == source) is { } known)
            return known;
        var slice = new Slice(this, source);
        _slices.Add(slice);
        return slice;
    }

    private void Finish()
    {
        if (_fatal is not null)
        {
            _completion.SetException(_fatal);
        }
        else if (_retriable is not null && _notDelivered == _slices.Count)
        {
            _completion.SetException(_retriable);
        }
        else if (_failures.Count > 0)
        {
            _failures.Sort(static (a, b) => a.Index.CompareTo(b.Index));
            _completion.SetException(new RecordsFailedException([.. _failures]));
        }
        else
        {
            _completion.SetResult();
        }
    }
}
