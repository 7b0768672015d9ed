using Exports.Kafka.Client;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Connectors.Kafka;

/// <summary>
/// One producer with the thread that takes its reports. It lives from the first record after a pause until nothing has been
/// written for a while, or until it must be replaced.
/// </summary>
internal sealed unsafe class ProducerSession : IProducerEvents
{
    private const int StackSize = 256 * 1024;

    private readonly OrderedWriter _writer;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _produced;
    private long _reported;

    /// <exception cref="ArgumentException">The settings cannot work.</exception>
    public ProducerSession(OrderedWriter writer, IEnumerable<KeyValuePair<string, string>> settings)
    {
        _writer = writer;
        Producer = new NativeProducer(settings);
    }

    public NativeProducer Producer { get; }

    /// <summary>Completes when the producer is closed and its thread has ended.</summary>
    public Task Closed => _closed.Task;

    /// <summary>The number of records that were handed over and not reported yet.</summary>
    public long Outstanding => Volatile.Read(ref _produced) - Volatile.Read(ref _reported);

    /// <summary>Whether any record has been delivered.</summary>
    public bool HasDelivered { get; private set; }

    /// <summary>Counts a record before it is handed over. Producing thread only.</summary>
    public void Produced() => Volatile.Write(ref _produced, _produced + 1);

    /// <summary>Takes a count back: the record was not accepted.</summary>
    public void NotProduced() => Volatile.Write(ref _produced, _produced - 1);

    /// <summary>Starts the thread, which polls until the writer says that the session is over, and closes the producer.</summary>
    public void Start(string name) => new Thread(Run, StackSize) { IsBackground = true, Name = name }.Start();

    /// <inheritdoc/>
    public void OnReports(NativeMessage** reports, int count, int setSize)
    {
        var delivered = _writer.OnReports(this, reports, count, setSize);
        HasDelivered |= delivered;
        Volatile.Write(ref _reported, _reported + count);
    }

    /// <inheritdoc/>
    public void OnError(ErrorCode error, string text, bool isFatal) => _writer.OnError(this, error, text, isFatal);

    /// <inheritdoc/>
    public void OnLog(int level, string facility, string text) => _writer.OnLog(level, facility, text);

    private void Run()
    {
        Exception? broken = null;
        try
        {
            int wait;
            while ((wait = _writer.Supervise(this)) >= 0)
                Producer.Poll(this, wait);
        }
#pragma warning disable CA1031 // a defect of ours fails this task, not the process
        catch (Exception e)
#pragma warning restore CA1031
        {
            broken = e;
            _writer.OnBreaking(this);
        }

        Producer.Dispose();
        if (broken is not null)
            _writer.OnBroken(broken);
        _writer.OnClosed(this);
        _closed.SetResult();
    }
}
