using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Kafka;

/// <summary>
/// Writes the records of one source partition. Receives slices of batches in order; guarantees that each is written in the
/// order of its records, behind those that came before, in a transaction that also commits the position behind it; hands on
/// what became of each. All slices that wait when a transaction ends go into the next one.
/// </summary>
/// <remarks>
/// A thread does the work, because librdkafka's calls block. It lives, as the producer does, from the first slice after a
/// pause until nothing has come for a while. Before a new producer writes, it asks for the committed position: only if that
/// is where this session left it has nobody else had the partition meanwhile.
/// </remarks>
internal sealed partial class PartitionSession
{
    private const int StackSize = 256 * 1024;
    private const int IdlePollMilliseconds = 1000;

    // A producer costs several threads, and a connection to each broker that it has written to.
    private static readonly TimeSpan s_idleTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly KafkaSinkConfig _config;
    private readonly TopicPartition _source;
    private readonly string _name;
    private readonly bool _toleratesErrors;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<Exception> _onTrouble;
    private readonly string _id;
    private readonly string _anchor;
    private readonly CancellationTokenSource _over = new();
    private List<Slice> _waiting = [];
    private TaskCompletionSource<long?>? _opening;
    private TaskCompletionSource? _ended;
    private TransactionalProducer? _producer;
    private bool _isClosed;
    private bool _isIdle;

    // The offset of the first record that was handed back for a retry: nothing behind it may be written before it.
    private long? _awaited;
    private long _lastActivity;

    public PartitionSession(KafkaSinkConfig config, TopicPartition source, string name, SinkTaskContext context)
    {
        _config = config;
        _source = source;
        _name = name;
        _toleratesErrors = context.ToleratesErrors;
        _time = context.Time;
        _logger = context.Logger;
        _onTrouble = context.OnTrouble;
        _id = config.ExactlyOnce!.IdOf(source);
        _anchor = config.TopicFor(source.Topic);
    }

    /// <summary>Whether it has a producer at present.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
                return _producer is not null;
        }
    }

    /// <summary>Takes the partition over. Called once, before the first slice.</summary>
    /// <returns>The offset of the next record to write; null when the target knows none.</returns>
    public async Task<long?> OpenAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<long?> opening;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _opening = opening = new TaskCompletionSource<long?>(TaskCreationOptions.RunContinuationsAsynchronously);
            Work();
        }

        return await opening.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes a slice. It is decided later, or at once when it may not be written now.</summary>
    public void Add(Slice slice)
    {
        lock (_lock)
        {
            if (!_isClosed && !_over.IsCancellationRequested && (_awaited is not { } awaited || slice.FirstOffset <= awaited))
            {
                _awaited = null;
                _waiting.Add(slice);
                Work();
                return;
            }
        }

        slice.Fail(_over.IsCancellationRequested
            ? Stopped()
            : new RetriableException("A record before these was not delivered; it must be delivered again first."));
    }

    /// <summary>Gives up what is under way, and takes no more.</summary>
    public void GiveUp() => _over.Cancel();

    /// <summary>Gives up what is under way, and closes the producer.</summary>
    public async Task CloseAsync()
    {
        Task ended;
        lock (_lock)
        {
            _isClosed = true;
            _over.Cancel();
            _producer?.Native.Wake();
            ended = _ended?.Task ?? Task.CompletedTask;
        }

        try
        {
            await ended.WaitAsync(s_grace, _time);
        }
        catch (TimeoutException)
        {
            // librdkafka waits for something that nothing can end. The thread goes on to close it.
            Log.StillClosing(_logger, _source.Topic, _source.Partition);
        }
    }

    private static OperationCanceledException Stopped() => new("The task was stopped.");

    /// <summary>Sees to it that the thread looks. Under the lock.</summary>
    private void Work()
    {
        _lastActivity = _time.GetTimestamp();
        if (_ended is not null)
        {
            _producer?.Native.Wake();
            return;
        }

        _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(Run, StackSize) { IsBackground = true, Name = _name }.Start();
    }

    private void Run()
    {
        while (true)
        {
            List<Slice>? slices = null;
            lock (_lock)
            {
                if (_waiting.Count > 0)
                {
                    slices = _waiting;
                    _waiting = [];
                }
                else if (_opening is null && _move is null && _producer is null)
                {
                    _ended!.SetResult();
                    _ended = null;
                    return;
                }
            }

            if (_opening is not null)
            {
                Open();
            }
            else if (_move is { } move)
            {
                _move = null;
                Move(move.Position, move.Done);
            }
            else if (slices is not null)
            {
                Deliver(slices);
            }
            else if (_over.IsCancellationRequested || _time.GetElapsedTime(Volatile.Read(ref _lastActivity)) > s_idleTime)
            {
                Drop();
                Log.Closed(_logger, _source.Topic, _source.Partition);
            }
            else
            {
                _isIdle = true;
                _producer!.Poll(IdlePollMilliseconds);
                _isIdle = false;
            }
        }
    }

    private void Open()
    {
        var opening = _opening!;
        try
        {
            _position = Connect();
            opening.SetResult(_position);
        }
#pragma warning disable CA1031 // whoever opens gets it
        catch (Exception e)
#pragma warning restore CA1031
        {
            Drop();
            opening.SetException(e);
            // Whoever opened it may wait no longer.
            _ = opening.Task.Exception;
        }

        _opening = null;
    }

    private void Deliver(List<Slice> slices)
    {
        try
        {
            WriteAll(slices);
        }
        catch (Exception e) when (e is ConnectException or OperationCanceledException)
        {
            HandBack(slices, slices[0].FirstOffset, e);
        }
#pragma warning disable CA1031 // a defect of ours fails this task, not the process
        catch (Exception e)
#pragma warning restore CA1031
        {
            HandBack(
                slices, slices[0].FirstOffset, new ConnectException($"Writing to the target cluster broke down: {e.Message}", e));
        }
    }

    /// <summary>Hands back what was not written, and what waits behind it.</summary>
    /// <param name="slices">What was not written.</param>
    /// <param name="from">The offset of the record that must come first from now on.</param>
    /// <param name="error">Why.</param>
    private void HandBack(IEnumerable<Slice> slices, long from, Exception error)
    {
        // A transaction that has not ended may still read the records' memory.
        if (_isInTransaction)
            Drop();
        Slice[] all;
        lock (_lock)
        {
            all = [.. slices, .. _waiting];
            _waiting.Clear();
            _awaited = from;
        }

        foreach (var slice in all)
            slice.Fail(error);
    }

    /// <summary>Closes the producer. A transaction that it leaves behind is aborted when the next one is opened.</summary>
    private void Drop()
    {
        TransactionalProducer? producer;
        lock (_lock)
            (producer, _producer) = (_producer, null);
        producer?.Dispose();
        _isInTransaction = false;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Took over {Topic}-{Partition}: the target's position is {Position}.")]
        public static partial void Opened(ILogger logger, string topic, int partition, long? position);

        [LoggerMessage(2, LogLevel.Debug, "Closed the producer for {Topic}-{Partition}.")]
        public static partial void Closed(ILogger logger, string topic, int partition);

        [LoggerMessage(3, LogLevel.Warning, "The target's client reports: {Error}")]
        public static partial void ClientError(ILogger logger, string error);

        [LoggerMessage(4, LogLevel.Warning, "The transaction for {Topic}-{Partition} was not committed and is repeated: {Error}")]
        public static partial void Repeating(ILogger logger, string topic, int partition, string error);

        [LoggerMessage(5, LogLevel.Warning,
            "The target refused a set of {Records} records, {Bytes} bytes, for its size. Sets have at most {Limit} bytes now.")]
        public static partial void SmallerSets(ILogger logger, int records, long bytes, int limit);

        [LoggerMessage(6, LogLevel.Warning, "The target's client for {Topic}-{Partition} takes its time to close; it goes on in the background.")]
        public static partial void StillClosing(ILogger logger, string topic, int partition);
    }
}
