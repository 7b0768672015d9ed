using System.Runtime.InteropServices;
using Confluent.Kafka;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Microsoft.Extensions.Logging;
using TimestampType = Exports.Connectors.Sdk.TimestampType;
using TopicPartition = Exports.Connectors.Sdk.TopicPartition;

namespace Exports.Pipeline;

/// <summary>
/// Reads partitions for many tasks: one consumer, one thread. It receives what librdkafka has fetched, in batches across
/// partitions; guarantees that a partition's records reach the task's inbox in offset order, beginning at the partition's
/// position, without a gap of its own making; and hands on runs of records of one partition. A partition whose inbox
/// refuses a batch is stopped, and started again where the refused batch began: what was fetched of it is fetched again, which is the
/// price for not holding up other tasks. While a lane reads for one task alone, it asks for room first, and waits.
/// </summary>
internal sealed unsafe partial class Lane
{
    private const int ReadAtOnce = 1024;

    /// <summary>The most that a batch costs, unless a single record is larger: the step in which inboxes overrun their limits.</summary>
    private const long MaxBatchCost = 1024 * 1024;

    /// <summary>A batch of less is copied out at once, so that a few records never hold a fetch buffer.</summary>
    private const long MinPinnedPayload = 16 * 1024;

    /// <summary>
    /// While several tasks get records of this lane, whose answers from Kafka hold records of all of them, a batch is copied
    /// out that is less than this part of an answer: so what a stalled task holds is never more than this many times what
    /// it counts for. A task that is alone shares its buffers with itself.
    /// </summary>
    private const long MaxPinnedRatio = 16;

    private static readonly TimeSpan s_aloneAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_idleWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pinningWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_pinAllowed = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_probeInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_probeTimeout = TimeSpan.FromSeconds(2);

    private readonly string _name;
    private readonly NativeConsumer _consumer;
    private readonly long _minPinnedShared;
    private readonly BufferBudget _budget;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<Lane, Exception> _broken;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Lock _commandLock = new();
    private List<Command> _posted = [];
    private List<Command> _executing = [];
    private bool _isClosing;
    private bool _hasEnded;

    // Batches that hold librdkafka's memory; the consumer can be closed when there are none.
    private int _pins = 1;
    private readonly ManualResetEventSlim _unpinned = new();

    private readonly AutoResetEvent _woken = new(false);

    // The lane's thread alone.
    private readonly Dictionary<(nint Topic, int Partition), LaneAssignment> _byHandle = [];
    private readonly Dictionary<TopicPartition, LaneAssignment> _assigned = [];
    private readonly List<LanePartition> _refused = [];
    private readonly List<PartitionOffset> _list = [];
    private readonly HashSet<Inbox> _pinningInboxes = [];
    private readonly Dictionary<Inbox, int> _inboxes = []; // with the number of their assigned partitions
    private Inbox? _only; // when it is a single one
    private long _lastCosts;
    private int _lastCount;
    private long _refusals;
    private NativeMessage** _messages;
    private long _nextCopyCheck;
    private Inbox? _lastInbox;
    private long _aloneFrom = long.MinValue;

    // Whether Kafka can be reached, as far as is known: 0 yes, 1 no, 2 no and being asked.
    private int _unreachable;
    private long _unreachableSince;
    private long _nextProbe;

    public Lane(
        string name,
        LaneSettings settings,
        BufferBudget budget,
        Action<Lane, Exception> broken,
        TimeProvider time,
        ILogger logger)
    {
        _name = name;
        _budget = budget;
        _broken = broken;
        _time = time;
        _logger = logger;
        _minPinnedShared = Math.Max(settings.MaxFetchBytes / MaxPinnedRatio, MinPinnedPayload);
        try
        {
            _consumer = new NativeConsumer(settings.Values, OnLog, OnError);
        }
        catch (ArgumentException e)
        {
            throw new ConfigException(e.Message, e);
        }

        _messages = (NativeMessage**)NativeMemory.Alloc(ReadAtOnce, (nuint)sizeof(nint));
        var thread = new Thread(Run) { IsBackground = true, Name = name };
        thread.Start();
    }

    private enum Order
    {
        Start,
        Stop,
    }

    /// <summary>The partitions that this lane is to read, for whom; guarded by the lane set.</summary>
    public Dictionary<TopicPartition, LanePartition> Reserved { get; } = [];

    /// <summary>How often a partition was stopped because its inbox refused it; what was fetched of it was thrown away.</summary>
    public long Refusals => Volatile.Read(ref _refusals);

    /// <summary>Since when no broker can be reached; null while one can, as far as is known.</summary>
    public DateTimeOffset? UnreachableSince
        => Volatile.Read(ref _unreachable) != 0 ? new DateTimeOffset(Volatile.Read(ref _unreachableSince), TimeSpan.Zero) : null;

    /// <summary>The end of a partition that this lane reads, as its broker last told; null when it has not.</summary>
    public long? EndOffset(TopicPartition partition)
    {
        lock (_commandLock)
            return _hasEnded ? null : _consumer.EndOffset(partition.Topic, partition.Partition);
    }

    /// <summary>Completes when the thread has ended and the consumer is closed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins to read a partition at its position, or begins anew there. Does nothing when its inbox will not have it.</summary>
    public void Start(LanePartition partition) => Post(new Command(Order.Start, partition));

    /// <summary>Stops reading a partition.</summary>
    public void Stop(LanePartition partition) => Post(new Command(Order.Stop, partition));

    /// <summary>Ends the lane after what was ordered before.</summary>
    public void Close()
    {
        lock (_commandLock)
        {
            _isClosing = true;
            if (!_hasEnded)
                Wake();
        }
    }

    /// <summary>A batch holds librdkafka's memory.</summary>
    public void Pin() => Interlocked.Increment(ref _pins);

    /// <summary>A batch holds librdkafka's memory no longer.</summary>
    public void Unpin()
    {
        if (Interlocked.Decrement(ref _pins) == 0)
            _unpinned.Set();
    }

    private void Post(Command command)
    {
        lock (_commandLock)
        {
            if (_hasEnded)
                return;
            _posted.Add(command);
            if (_posted.Count == 1)
                Wake();
        }
    }

    /// <summary>Has the thread look at once at what there is to do.</summary>
    public void Wake()
    {
        lock (_commandLock)
        {
            if (_hasEnded)
                return;
            _woken.Set();
            _consumer.Wake();
        }
    }

    private void Run()
    {
        try
        {
            while (Execute())
            {
                var wait = _pinningInboxes.Count > 0 ? s_pinningWait : s_idleWait;
                var room = Room();
                if (room == 0)
                {
                    _woken.WaitOne(wait);
                }
                else if (_consumer.Consume(_messages, 1, (int)wait.TotalMilliseconds) is var count and > 0)
                {
                    // The call returns only when its room is used up or its time is over: so the rest is taken without waiting.
                    if (room > 1)
                        count += _consumer.Consume(_messages + 1, room - 1, 0);
                    Distribute(count);
                }

                CopyOutStragglers();
                Probe();
            }
        }
#pragma warning disable CA1031 // whatever it is: the tasks of this lane fail, the process does not
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Broken(_logger, _name, e);
            _broken(this, e);
        }

        End();
    }

    /// <summary>How many records may be taken now; 0 when the only task that this lane reads for has no room.</summary>
    private int Room()
    {
        if (_only is null)
            return ReadAtOnce;
        var bytes = _only.AskForRoom(this);
        // As large as the last ones were, so that hardly any is taken that the inbox would refuse.
        return bytes == 0 ? 0 : (int)Math.Clamp(bytes / Math.Max(1, _lastCosts / Math.Max(1, _lastCount)), 1, ReadAtOnce);
    }

    private void End()
    {
        lock (_commandLock)
        {
            _hasEnded = true;
            _posted.Clear();
        }

        // librdkafka's memory cannot be taken from a sink that still looks at it, however long it takes.
        Unpin();
        _unpinned.Wait();
        _consumer.Dispose();
        _woken.Dispose();
        NativeMemory.Free(_messages);
        _messages = null;
        _ended.SetResult();
    }

    /// <summary>Does what was ordered. False when the lane is to end.</summary>
    private bool Execute()
    {
        while (true)
        {
            lock (_commandLock)
            {
                if (_posted.Count == 0)
                    return !_isClosing;
                (_posted, _executing) = (_executing, _posted);
            }

            // Orders are carried out in sequence; neighbours of a kind go to librdkafka in one call.
            for (var i = 0; i < _executing.Count;)
            {
                var order = _executing[i].Order;
                var end = i + 1;
                while (end < _executing.Count && _executing[end].Order == order)
                    end++;
                var commands = CollectionsMarshal.AsSpan(_executing)[i..end];
                Unassign(commands);
                if (order == Order.Start)
                    Assign(commands);
                i = end;
            }

            _executing.Clear();
        }
    }

    private void Assign(ReadOnlySpan<Command> commands)
    {
        foreach (var (_, partition) in commands)
        {
            // The inbox refuses it when it is another lane's by now, because it was stopped and started behind this order's back.
            if (_assigned.ContainsKey(partition.Id) || !partition.Inbox.TryOpen(partition, this, out var position))
                continue;
            _assigned.Add(partition.Id, new LaneAssignment(partition));
            CollectionsMarshal.GetValueRefOrAddDefault(_inboxes, partition.Inbox, out _)++;
            _list.Add(new PartitionOffset(partition.Id.Topic, partition.Id.Partition, position));
        }

        _only = _inboxes.Count == 1 ? _inboxes.Keys.First() : null;
        if (_list.Count > 0)
            _consumer.Assign(CollectionsMarshal.AsSpan(_list));
        _list.Clear();
    }

    private void Unassign(ReadOnlySpan<Command> commands)
    {
        foreach (var (_, partition) in commands)
            Forget(partition);
        if (_list.Count > 0)
            _consumer.Unassign(CollectionsMarshal.AsSpan(_list));
        _list.Clear();
    }

    private void StopRefused()
    {
        if (_refused.Count == 0)
            return;
        Volatile.Write(ref _refusals, _refusals + _refused.Count);
        foreach (var partition in _refused)
            Forget(partition);
        if (_list.Count > 0)
            _consumer.Unassign(CollectionsMarshal.AsSpan(_list));
        _list.Clear();
        _refused.Clear();
    }

    private void Forget(LanePartition partition)
    {
        if (!_assigned.TryGetValue(partition.Id, out var assignment) || assignment.Partition != partition)
            return;
        _assigned.Remove(partition.Id);
        if (--CollectionsMarshal.GetValueRefOrNullRef(_inboxes, partition.Inbox) == 0)
            _inboxes.Remove(partition.Inbox);
        _only = _inboxes.Count == 1 ? _inboxes.Keys.First() : null;
        if (assignment.TopicHandle != 0)
            _byHandle.Remove((assignment.TopicHandle, partition.Id.Partition));
        _list.Add(new PartitionOffset(partition.Id.Topic, partition.Id.Partition));
    }

    private void Distribute(int count)
    {
        (_lastCosts, _lastCount) = (0, 0);
        for (var i = 0; i < count;)
        {
            var message = _messages[i];
            if (message->Error != ErrorCode.NoError)
            {
                HandleError(message);
                NativeConsumer.Destroy(message);
                i++;
                continue;
            }

            var partition = Find(message)?.Partition;
            if (partition is null)
            {
                NativeConsumer.Destroy(message);
                i++;
                continue;
            }

            i = HandOn(partition, i, count);
        }

        StopRefused();
        if (_budget.IsExhausted)
            _budget.Reclaim();
    }

    /// <summary>Hands on the run of a partition's records that begins at an index; returns where the next run begins.</summary>
    private int HandOn(LanePartition partition, int start, int end)
    {
        var topic = _messages[start]->Topic;
        var number = partition.Id.Partition;
        var maxCost = _budget.IsExhausted ? BufferBudget.Foothold : MaxBatchCost;
        var headers = partition.Inbox.WantsHeaders;
        var entries = RecordBatch.NewEntries(RunLength(topic, number, start, end));
        var position = partition.Position;
        long payload = 0;
        var count = 0;
        var i = start;
        for (; i < end; i++)
        {
            var message = _messages[i];
            if (message->Topic != topic || message->Partition != number || message->Error != ErrorCode.NoError)
                break;
            if (message->Offset < position)
            {
                // From before the partition was stopped and started again.
                NativeConsumer.Destroy(message);
                continue;
            }

            if (count > 0 && RecordBatch.CostOf(payload, count) >= maxCost)
                break;
            ref var entry = ref entries[count++];
            entry.Message = message;
            entry.Key = message->Key;
            entry.KeyLength = message->Key is null ? 0 : message->KeyLength;
            entry.Value = message->Value;
            entry.ValueLength = message->Value is null ? 0 : message->ValueLength;
            entry.Offset = message->Offset;
            entry.Timestamp = NativeConsumer.Timestamp(message, out var type);
            entry.TimestampType = (TimestampType)type;
            entry.HeaderCount = 0;
            entry.Headers = 0;
            if (headers && NativeConsumer.MayHaveHeaders(message))
                ReadHeaders(ref entry);
            payload += entry.KeyLength + entry.ValueLength;
        }

        if (count == 0)
        {
            RecordBatch.FreeEntries(entries);
            return i;
        }

        var batch = new RecordBatch(partition, this, entries, count, payload, _time.GetTimestamp());
        _lastCosts += batch.Cost;
        _lastCount += count;
        if (payload < MinPinned(batch) && partition.OpenFor == this)
            batch.CopyOut();
        if (!partition.Inbox.TryAdd(batch))
        {
            batch.Release(0, count);
            _refused.Add(partition);
        }
        else
        {
            if (batch.IsPinning)
                _pinningInboxes.Add(partition.Inbox);
            partition.Problem = null;
            partition.Reader.RecordsArrived();
        }

        return i;
    }

    private long MinPinned(RecordBatch batch)
    {
        if (batch.Partition.Inbox != _lastInbox)
        {
            // The first one of all is not a change.
            if (_lastInbox is not null)
                _aloneFrom = batch.ReadAt + Ticks(s_aloneAfter);
            _lastInbox = batch.Partition.Inbox;
        }

        return batch.ReadAt < _aloneFrom ? _minPinnedShared : MinPinnedPayload;
    }

    private int RunLength(nint topic, int partition, int start, int end)
    {
        var i = start + 1;
        while (i < end && _messages[i]->Topic == topic && _messages[i]->Partition == partition)
            i++;
        return i - start;
    }

    private static void ReadHeaders(ref RecordEntry entry)
    {
        try
        {
            entry.Headers = NativeConsumer.Headers(entry.Message, out entry.HeaderCount);
        }
        catch (KafkaException)
        {
            entry.HeaderCount = RecordEntry.UnreadableHeaders;
        }
    }

    /// <summary>
    /// The partition of a message. A topic's handle stays the same, and is not given to another topic, as long as a
    /// partition of it is assigned; so it is remembered for assigned partitions, and only for them.
    /// </summary>
    private LaneAssignment? Find(NativeMessage* message)
    {
        if (message->Topic == 0)
            return null;
        if (_byHandle.TryGetValue((message->Topic, message->Partition), out var assignment))
            return assignment;
        if (!_assigned.TryGetValue(new TopicPartition(NativeConsumer.TopicName(message->Topic), message->Partition), out assignment))
            return null;
        assignment.TopicHandle = message->Topic;
        _byHandle.Add((message->Topic, message->Partition), assignment);
        return assignment;
    }

    private void HandleError(NativeMessage* message)
    {
        var error = message->Error;
        var text = Marshal.PtrToStringUTF8((nint)message->Value, message->ValueLength);
        if (Find(message) is not { } assignment)
        {
            Log.ClientError(_logger, _name, error, text);
            return;
        }

        var partition = assignment.Partition;
        switch (error)
        {
            case ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange:
                if (partition.OpenFor != this || message->Offset < partition.Position)
                    return; // from before the partition was stopped and started again
                _refused.Add(partition);
                partition.Inbox.Reposition(partition, partition.Position);
                partition.Reader.OffsetOutOfRange(partition, message->Offset);
                break;

            case ErrorCode.TopicAuthorizationFailed or ErrorCode.Local_BadMsg or ErrorCode.InvalidMsg
                or ErrorCode.Local_BadCompression or ErrorCode.Local_NotImplemented:
                if (partition.OpenFor != this)
                    return;
                _refused.Add(partition);
                partition.Inbox.Reposition(partition, partition.Position);
                partition.Reader.ReadFailed(partition, new ConnectException($"Reading {partition.Id} failed: {text} ({error})") { Cause = ErrorCause.Kafka });
                break;

            default:
                // librdkafka tries again.
                if (assignment.LastError != error)
                    Log.PartitionError(_logger, _name, partition.Id.Topic, partition.Id.Partition, error, text);
                assignment.LastError = error;
                partition.Problem = $"Kafka does not let it be read at present: {text} ({error})";
                break;
        }
    }

    /// <summary>
    /// A task that does not move on keeps batches waiting. They are copied out here, on this thread, because a sink that
    /// blocks its task's thread is the very case that it is for.
    /// </summary>
    private void CopyOutStragglers()
    {
        if (_pinningInboxes.Count == 0)
            return;
        var now = _time.GetTimestamp();
        if (now < _nextCopyCheck)
            return;
        _nextCopyCheck = now + Ticks(s_pinningWait);
        var readBefore = now - Ticks(s_pinAllowed);
        foreach (var inbox in _pinningInboxes)
            inbox.CopyOutReadBefore(readBefore);
        _pinningInboxes.RemoveWhere(static inbox => !inbox.HasPinningBatches);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    /// <summary>While Kafka is known to be unreachable, asks now and then whether it is back: librdkafka does not tell.</summary>
    private void Probe()
    {
        if (Volatile.Read(ref _unreachable) != 1)
            return;
        var now = _time.GetTimestamp();
        if (now < _nextProbe)
            return;
        _nextProbe = now + Ticks(s_probeInterval);
        Volatile.Write(ref _unreachable, 2);
        Pin(); // the consumer must outlive the question
        _ = Task.Factory.StartNew(
            () =>
            {
                var reachable = _consumer.IsReachable((int)s_probeTimeout.TotalMilliseconds);
                Volatile.Write(ref _unreachable, reachable ? 0 : 1);
                if (reachable)
                    Log.Reachable(_logger, _name);
                Unpin();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private void OnError(ErrorCode error, string text)
    {
        switch (error)
        {
            case ErrorCode.Local_AllBrokersDown:
                if (Volatile.Read(ref _unreachable) == 0)
                    Volatile.Write(ref _unreachableSince, _time.GetUtcNow().Ticks);
                if (Interlocked.CompareExchange(ref _unreachable, 1, 0) == 0)
                    Log.Unreachable(_logger, _name);
                break;
            case ErrorCode.Local_Transport or ErrorCode.Local_TimedOut or ErrorCode.Local_Resolve:
                Log.ConnectionError(_logger, _name, error, text);
                break;
            default:
                Log.ClientError(_logger, _name, error, text);
                break;
        }
    }

    private void OnLog(int level, string facility, string text) => Log.Librdkafka(
        _logger,
        // Broken connections are reported by OnError, once.
        facility is "FAIL" or "ERROR" ? LogLevel.Debug : level <= 4 ? LogLevel.Warning : LogLevel.Debug,
        _name,
        facility,
        text);

    private readonly record struct Command(Order Order, LanePartition Partition);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Lane} broke down; the tasks that it reads for fail")]
        public static partial void Broken(ILogger logger, string lane, Exception error);

        [LoggerMessage(2, LogLevel.Warning, "{Lane}: {Error}: {Text}")]
        public static partial void ClientError(ILogger logger, string lane, ErrorCode error, string? text);

        [LoggerMessage(3, LogLevel.Warning, "{Lane}: {Topic}-{Partition} cannot be read at present: {Error}: {Text}")]
        public static partial void PartitionError(
            ILogger logger, string lane, string topic, int partition, ErrorCode error, string? text);

        [LoggerMessage(4, LogLevel.Warning, "{Lane}: no Kafka broker can be reached; trying again until one can")]
        public static partial void Unreachable(ILogger logger, string lane);

        [LoggerMessage(5, LogLevel.Information, "{Lane}: Kafka can be reached again")]
        public static partial void Reachable(ILogger logger, string lane);

        [LoggerMessage(6, LogLevel.Debug, "{Lane}: {Error}: {Text}")]
        public static partial void ConnectionError(ILogger logger, string lane, ErrorCode error, string? text);

        [LoggerMessage(EventId = 7, Message = "{Lane}: librdkafka {Facility}: {Text}")]
        public static partial void Librdkafka(ILogger logger, LogLevel level, string lane, string facility, string text);
    }
}
