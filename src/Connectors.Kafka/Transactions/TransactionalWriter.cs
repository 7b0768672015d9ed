using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>
/// Receives batches; guarantees that each record and the position behind it are written in one transaction, and that a
/// partition which another task has taken over is not written to; hands on what became of each batch.
/// </summary>
/// <remarks>
/// Each partition that records come from has a session with a producer of its own, whose transactional id is made of the
/// partition's name: whoever opens a partition fences whoever had it before, without any agreement about who has which.
/// </remarks>
internal sealed class TransactionalWriter(KafkaSinkConfig config, string name, SinkTaskContext context)
{
    // So many producers are opened at once; each asks the target's coordinator a few questions.
    private const int OpenAtOnce = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<TopicPartition, PartitionSession> _sessions = [];
    private CancellationToken _watched;
    private CancellationTokenRegistration _watch;
    private bool _isClosed;

    /// <summary>The number of producers that are open.</summary>
    public int OpenProducers
    {
        get
        {
            lock (_lock)
                return _sessions.Values.Count(session => session.IsOpen);
        }
    }

    /// <summary>Takes partitions over: fences whoever has them, and reads where they stand.</summary>
    /// <returns>The positions of those that the target knows.</returns>
    /// <exception cref="RetriableException">The target did not answer.</exception>
    /// <exception cref="ConnectException">The target refuses.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> OpenAsync(
        IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        var opened = partitions.ToDictionary(
            partition => partition,
            partition => new PartitionSession(config, partition, $"{name} {partition}", context));
        var positions = new Dictionary<TopicPartition, long>(partitions.Count);
        try
        {
            using var places = new SemaphoreSlim(OpenAtOnce);
            await Task.WhenAll(opened.Select(async entry =>
            {
                await places.WaitAsync(cancellationToken);
                try
                {
                    // Nothing comes before 0: it is what an operator's reset leaves behind, and says no more than no position.
                    if (await entry.Value.OpenAsync(cancellationToken) is > 0 and var position)
                    {
                        lock (positions)
                            positions.Add(entry.Key, position);
                    }
                }
                finally
                {
                    places.Release();
                }
            }));
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                foreach (var (partition, session) in opened)
                    _sessions.Add(partition, session);
            }

            return positions;
        }
        catch
        {
            await Task.WhenAll(opened.Values.Select(session => session.CloseAsync()));
            throw;
        }
    }

    /// <summary>Lets go of partitions.</summary>
    public Task CloseAsync(IReadOnlyList<TopicPartition> partitions)
    {
        var closing = new List<Task>();
        lock (_lock)
        {
            foreach (var partition in partitions)
            {
                if (_sessions.Remove(partition, out var session))
                    closing.Add(session.CloseAsync());
            }
        }

        return Task.WhenAll(closing);
    }

    /// <summary>Writes a batch. Completes when each record's transaction has been committed, or it was refused for good.</summary>
    public ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken)
    {
        var put = new TransactionalPut(batch);
        Watch(cancellationToken);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            foreach (var slice in put.Slices)
            {
                if (_sessions.TryGetValue(slice.Source, out var session))
                    session.Add(slice);
                else
                    slice.Fail(new ConnectException($"Records of {slice.Source} came though the partition has not been opened."));
            }
        }

        return new ValueTask(put.Task);
    }

    /// <summary>Gives up what is under way, and closes the producers.</summary>
    public async Task CloseAsync()
    {
        Task[] closing;
        lock (_lock)
        {
            _isClosed = true;
            closing = [.. _sessions.Values.Select(session => session.CloseAsync())];
            _sessions.Clear();
        }

        await _watch.DisposeAsync();
        await Task.WhenAll(closing);
    }

    private void Watch(CancellationToken cancellationToken)
    {
        if (cancellationToken == _watched)
            return;
        _watch.Dispose();
        _watched = cancellationToken;
        _watch = cancellationToken.UnsafeRegister(static writer => ((TransactionalWriter)writer!).GiveUp(), this);
    }

    private void GiveUp()
    {
        lock (_lock)
        {
            foreach (var session in _sessions.Values)
                session.GiveUp();
        }
    }
}
