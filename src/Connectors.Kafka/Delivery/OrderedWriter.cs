using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Kafka;

/// <summary>
/// Receives batches; guarantees that the records of a partition are written in the order in which they came, whatever
/// fails; hands on what became of each batch.
/// </summary>
/// <remarks>
/// One thread at a time produces (<see cref="Pump"/>): the one that hands in a batch, or the session's thread when there is
/// room again. The session's thread takes the reports and watches over time limits (<see cref="Supervise"/>).
/// When a record fails, nothing behind it may be written before it: the producer is told to stop, its reports are awaited,
/// and what is undecided is written by a new producer, from the first undecided record on; or handed back to the pipeline,
/// which is expected to deliver it again, from the first on as well.
/// </remarks>
internal sealed partial class OrderedWriter
{
    private const int DrainPollMilliseconds = 20;
    private const int BusyPollMilliseconds = 100;
    private const int IdlePollMilliseconds = 1000;
    private const int RecordOverhead = 70;

    // A producer costs several threads, and a connection to each broker that it has written to.
    private static readonly TimeSpan s_idleTime = TimeSpan.FromMinutes(5);

    // How long to wait for answers to what is under way: what is answered need not be sent twice.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_firstSetback = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestSetback = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_betweenWarnings = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly KafkaSinkConfig _config;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<Exception> _onTrouble;
    private readonly string _name;
    private readonly ManualResetEventSlim _nudge = new();
    private readonly PutTable _puts;
    private readonly HashSet<ProducerSession> _alive = [];
    private readonly RedeliveryGuard _guard = new();
    private ProducerSession? _session;
    private volatile State _state;
    private DeliveryFailure? _failure;
    private long _drainStarted;
    private long _lastActivity;
    private bool _pumping;
    private bool _pumpAgain;
    private bool _closing;
    private bool _madeProgress;
    private bool _setIsShrunk;
    private int _setbacks;
    private volatile bool _waiting;
    private int? _batchSize;
    private string? _lastError;
    private long _lastWarning;
    private CancellationToken _watched;
    private CancellationTokenRegistration _watch;

    public OrderedWriter(KafkaSinkConfig config, string name, SinkTaskContext context)
    {
        _config = config;
        _name = name;
        _time = context.Time;
        _logger = context.Logger;
        _onTrouble = context.OnTrouble;
        _puts = new PutTable(Release);
    }

    private enum State
    {
        /// <summary>Records are produced.</summary>
        Open,

        /// <summary>Something failed: nothing is produced until the producer has reported everything.</summary>
        Draining,
    }

    private enum SendResult
    {
        AllSent,
        MustWait,
        Stopped,
    }

    /// <summary>The number of producers that are open, those that are about to close included.</summary>
    public int OpenProducers
    {
        get
        {
            lock (_lock)
                return _alive.Count;
        }
    }

    /// <summary>Writes a batch. Completes when every record of it has been accepted or refused for good.</summary>
    public ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken)
    {
        ValueTask task;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            if (!_guard.Admits(batch))
            {
                return ValueTask.FromException(new RetriableException(
                    "A batch before this one was not delivered; it must be delivered again first."));
            }

            task = _puts.Add(batch, _time.GetTimestamp()).Task;
        }

        Watch(cancellationToken);
        Pump();
        return task;
    }

    /// <summary>Gives up what is under way, and closes the producer.</summary>
    public async Task CloseAsync()
    {
        Task[] closed;
        lock (_lock)
        {
            _closing = true;
            if (!_puts.IsEmpty)
                GiveUp(new OperationCanceledException("The task was stopped."));
            else
                _session?.Producer.Wake();
            closed = [.. _alive.Select(session => session.Closed)];
        }

        _nudge.Set();
        await _watch.DisposeAsync();
        try
        {
            await Task.WhenAll(closed).WaitAsync(s_grace, _time);
        }
        catch (TimeoutException)
        {
            // librdkafka waits for a name to be resolved, which nothing can end. Its thread goes on to close it.
            Log.StillClosing(_logger);
        }
    }

    /// <summary>A session's producer is closed.</summary>
    public void OnClosed(ProducerSession session)
    {
        lock (_lock)
            _alive.Remove(session);
    }

    private void Watch(CancellationToken cancellationToken)
    {
        if (cancellationToken == _watched)
            return;
        _watch.Dispose();
        _watched = cancellationToken;
        _watch = cancellationToken.UnsafeRegister(static (writer, token) => ((OrderedWriter)writer!).Cancel(token), this);
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_puts.IsEmpty)
                GiveUp(new OperationCanceledException(cancellationToken));
        }

        _nudge.Set();
    }

    private void GiveUp(Exception error)
    {
        _failure = DeliveryFailure.Worse(_failure, new(FailureAction.GiveUp, error, AtOnce: true));
        if (_session is not null)
            StartDraining();
    }

    private void Release(PendingPut put)
    {
        lock (_lock)
            _puts.Release(put);
    }
}
