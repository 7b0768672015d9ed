namespace Exports.Pipeline;

/// <summary>
/// Receives what lanes read for a task, and hands it to the task's delivery loop in the order of arrival. It is where
/// back-pressure arises: above its limit it closes, the lanes stop reading the task's partitions, and when half of it is
/// acknowledged it opens again. A lane that reads for this task alone asks for room instead of being refused, and loses nothing
/// that it has fetched. Thread-safe.
/// </summary>
internal sealed class Inbox : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<LanePartition> _partitions = [];
    private readonly HashSet<Lane> _waiting = [];
    private readonly BufferBudget _budget;
    private RecordBatch? _oldest;
    private RecordBatch? _newest;
    private int _waitingRecords;
    private int _waitingPins;
    private long _used;
    private long _heldSince;
    private long _limitWhenClosed;
    private bool _isClosed;
    private bool _isSuspended;
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);
    private string[] _topicsRead = [];
    private string? _lastTopic;
    private long _recordsRead;
    private long _bytesRead;

    public Inbox(BufferBudget budget, bool wantsHeaders)
    {
        _budget = budget;
        WantsHeaders = wantsHeaders;
        budget.Register(this);
    }

    /// <summary>Whether somebody is going to look at headers.</summary>
    public bool WantsHeaders { get; }

    /// <summary>What is held for the task, read and not acknowledged, as <see cref="RecordBatch.Cost"/> counts it.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Since when something has been held, in the clock's timestamps; null when nothing is.</summary>
    public long? HoldsSince
    {
        get
        {
            lock (_lock)
                return _used > 0 ? _heldSince : null;
        }
    }

    /// <summary>Records taken in, less those that were given back unseen.</summary>
    public long RecordsRead => Volatile.Read(ref _recordsRead);

    /// <inheritdoc cref="RecordsRead"/>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <summary>The topics of what was taken in, since the start or <see cref="ForgetTopics"/>.</summary>
    public IReadOnlyCollection<string> Topics => Volatile.Read(ref _topicsRead);

    /// <summary>How many records wait.</summary>
    public int WaitingRecords => Volatile.Read(ref _waitingRecords);

    /// <summary>Whether batches wait that hold librdkafka's memory.</summary>
    public bool HasPinningBatches => Volatile.Read(ref _waitingPins) > 0;

    /// <summary>Adds a partition; its records are taken once it is opened.</summary>
    public void Add(LanePartition partition)
    {
        lock (_lock)
            _partitions.Add(partition);
    }

    /// <summary>
    /// Lets a lane read a partition. False when it shall not, because the partition is another lane's by now or was revoked, or
    /// the inbox is suspended or full; when there is room again, it is asked for again.
    /// </summary>
    public bool TryOpen(LanePartition partition, Lane lane, out long position)
    {
        lock (_lock)
        {
            position = partition.Position;
            // Asked here: of two lanes that both come, the one that was chosen last has the last word.
            if (partition.Lane != lane)
                return false;
            partition.OpenFor = partition.IsRevoked || _isSuspended || _isClosed ? null : lane;
            return partition.OpenFor is not null;
        }
    }

    /// <summary>
    /// How many bytes it still takes, at least 1. 0 when it is full: then the lane is woken when half of that is acknowledged.
    /// </summary>
    public long AskForRoom(Lane lane)
    {
        lock (_lock)
        {
            CloseIfFull();
            if (!_isClosed)
                return Math.Max(1, _budget.Share - _used);
            _waiting.Add(lane);
            return 0;
        }
    }

    /// <summary>Begins the list of topics anew.</summary>
    public void ForgetTopics()
    {
        lock (_lock)
        {
            _topics.Clear();
            _lastTopic = null;
            _topicsRead = [];
        }
    }

    /// <summary>Takes a batch in, or refuses it: then it belongs to the caller still, and its lane is not to read on.</summary>
    public bool TryAdd(RecordBatch batch)
    {
        var partition = batch.Partition;
        lock (_lock)
        {
            if (partition.OpenFor != batch.Lane)
                return false;
            CloseIfFull();
            if (_isClosed)
            {
                partition.OpenFor = null;
                return false;
            }

            batch.Previous = _newest;
            if (_newest is null)
                _oldest = batch;
            else
                _newest.Next = batch;
            _newest = batch;
            if (batch.IsPinning)
                _waitingPins++;
            _waitingRecords += batch.Count;
            _recordsRead += batch.Count;
            _bytesRead += batch.Payload;
            NoteTopic(partition.Id.Topic);
            partition.Position = batch.Entries[^1].Offset + 1;

            if (_used == 0)
                _heldSince = batch.ReadAt;
            var cost = batch.Cost;
            _budget.Add(cost, startsToHold: _used == 0);
            _used += cost;
            return true;
        }
    }

    /// <summary>Moves records to a put: whole batches while they fit, then part of one. At least one record, if any waits.</summary>
    public void Take(List<Segment> segments, int maxRecords, long maxBytes)
    {
        lock (_lock)
        {
            while (_oldest is { } batch && maxRecords > 0)
            {
                var first = batch.Taken;
                var rest = batch.Count - first;
                long bytes = 0;
                var count = 0;
                if (first == 0 && rest <= maxRecords && batch.Payload <= maxBytes)
                {
                    count = rest;
                    bytes = batch.Payload;
                }
                else
                {
                    foreach (ref readonly var entry in batch.Entries.Slice(first, Math.Min(rest, maxRecords)))
                    {
                        var size = entry.KeyLength + entry.ValueLength;
                        if (bytes + size > maxBytes && (count > 0 || segments.Count > 0))
                            break;
                        bytes += size;
                        count++;
                    }
                }

                if (count == 0)
                    return;
                segments.Add(new Segment(batch, first, count, bytes));
                maxRecords -= count;
                maxBytes -= bytes;
                _waitingRecords -= count;
                if (first == 0 && batch.IsPinning)
                    _waitingPins--;
                batch.Taken = first + count;
                if (batch.Taken < batch.Count)
                    return;
                Remove(batch);
            }
        }
    }

    /// <summary>Records are delivered, skipped or given up: releases their memory, and opens the inbox when there is room again.</summary>
    public void Release(in Segment segment)
    {
        segment.Batch.Release(segment.First, segment.Count);
        lock (_lock)
            Free(RecordBatch.CostOf(segment.Bytes, segment.Count));
    }

    /// <summary>
    /// Gives up what waits, newest first, until no more than <paramref name="target"/> is held, and closes the inbox. What
    /// was given up is read again.
    /// </summary>
    public void GiveBack(long target)
    {
        lock (_lock)
        {
            _isClosed = true;
            _limitWhenClosed = target;
            while (_used > target && _newest is { Taken: 0 } batch)
                Drop(batch);
            OpenIfRoom();
        }
    }

    /// <summary>Takes nothing more and gives up everything that waits, until <see cref="Resume"/>.</summary>
    public void Suspend()
    {
        lock (_lock)
        {
            _isSuspended = true;
            foreach (var partition in _partitions)
                partition.OpenFor = null;
            while (_newest is { } batch)
                Drop(batch);
        }
    }

    /// <summary>Takes records again, as soon as the lanes have started the partitions.</summary>
    public void Resume()
    {
        lock (_lock)
            _isSuspended = false;
    }

    /// <summary>Gives up partitions with all that waits of them.</summary>
    public void Revoke(IEnumerable<LanePartition> partitions)
    {
        lock (_lock)
        {
            foreach (var partition in partitions)
            {
                partition.OpenFor = null;
                partition.IsRevoked = true;
                _partitions.Remove(partition);
            }

            for (var batch = _newest; batch is not null;)
            {
                var previous = batch.Previous;
                if (batch.Partition.IsRevoked)
                    Drop(batch);
                batch = previous;
            }
        }
    }

    /// <summary>Stops taking a partition's records. Once it is started again, it goes on at another position.</summary>
    public void Reposition(LanePartition partition, long position)
    {
        lock (_lock)
        {
            partition.OpenFor = null;
            partition.Position = position;
        }
    }

    /// <summary>
    /// Copies waiting batches out of librdkafka's memory that were read before the given time: a batch that waits long would
    /// hold whole fetch buffers, many times its own size. The lock is let go now and then.
    /// </summary>
    public void CopyOutReadBefore(long timestamp)
    {
        const long AtOnce = 1024 * 1024;
        for (var more = true; more;)
        {
            more = false;
            long copied = 0;
            lock (_lock)
            {
                for (var batch = _oldest; batch is not null && batch.ReadAt < timestamp; batch = batch.Next)
                {
                    if (!batch.IsPinning || batch.Taken > 0)
                        continue;
                    batch.CopyOut();
                    _waitingPins--;
                    copied += batch.Payload;
                    if (copied < AtOnce)
                        continue;
                    more = true;
                    break;
                }
            }
        }
    }

    /// <summary>Leaves the worker's budget. All partitions must have been revoked.</summary>
    public void Dispose() => _budget.Unregister(this);

    private void Free(long bytes)
    {
        _used -= bytes;
        _budget.Subtract(bytes, ceasesToHold: _used == 0 && bytes > 0);
        OpenIfRoom();
    }

    private void CloseIfFull()
    {
        if (_isClosed || _used == 0 || _used < _budget.Share)
            return;
        _isClosed = true;
        _limitWhenClosed = _used;
    }

    private void OpenIfRoom()
    {
        if (!_isClosed || _used > _limitWhenClosed / 2)
            return;
        _isClosed = false;
        foreach (var lane in _waiting)
            lane.Wake();
        _waiting.Clear();
        foreach (var partition in _partitions)
        {
            if (partition.OpenFor is null)
                partition.Lane?.Start(partition);
        }
    }

    private void NoteTopic(string topic)
    {
        if (ReferenceEquals(topic, _lastTopic))
            return;
        _lastTopic = topic;
        if (_topics.Add(topic))
            Volatile.Write(ref _topicsRead, [.. _topics]);
    }

    private void Drop(RecordBatch batch)
    {
        var first = batch.Taken;
        var count = batch.Count - first;
        long bytes = 0;
        foreach (ref readonly var entry in batch.Entries[first..])
            bytes += entry.KeyLength + entry.ValueLength;
        batch.Partition.OpenFor = null;
        batch.Partition.Position = batch.Entries[first].Offset;
        if (first == 0 && batch.IsPinning)
            _waitingPins--;
        _waitingRecords -= count;
        _recordsRead -= count;
        _bytesRead -= bytes;
        Remove(batch);
        batch.Release(first, count);
        Free(RecordBatch.CostOf(bytes, count));
    }

    private void Remove(RecordBatch batch)
    {
        if (batch.Previous is null)
            _oldest = batch.Next;
        else
            batch.Previous.Next = batch.Next;
        if (batch.Next is null)
            _newest = batch.Previous;
        else
            batch.Next.Previous = batch.Previous;
        batch.Previous = batch.Next = null;
    }
}
