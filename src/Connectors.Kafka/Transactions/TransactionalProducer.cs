using Exports.Kafka.Client;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Connectors.Kafka;

/// <summary>
/// A producer with a transactional id, and what it has reported of the transaction at hand. One thread uses it at a time.
/// </summary>
internal sealed unsafe class TransactionalProducer(IEnumerable<KeyValuePair<string, string>> settings, Action<string> onError)
    : IProducerEvents, IDisposable
{
    private long _produced;
    private long _reported;

    public NativeProducer Native { get; } = new(settings);

    /// <summary>The number of records that were handed over and not reported yet.</summary>
    public long Outstanding => _produced - _reported;

    /// <summary>The first failure of the transaction at hand; null when there was none.</summary>
    public ReportedFailure? Failure { get; private set; }

    /// <summary>What the client said when it could not log in; null otherwise.</summary>
    public string? RefusedLogin { get; private set; }

    /// <summary>The client's last error.</summary>
    public string? LastError { get; private set; }

    /// <summary>Forgets what was reported of the transaction before.</summary>
    public void Reset() => Failure = null;

    /// <summary>A record was not taken.</summary>
    public void Report(ReportedFailure failure) => Failure ??= failure;

    /// <summary>Counts a record before it is handed over.</summary>
    public void Produced() => _produced++;

    /// <summary>Takes a count back: the record was not accepted.</summary>
    public void NotProduced() => _produced--;

    /// <summary>Takes what has been reported.</summary>
    /// <param name="milliseconds">How long to wait for the first report.</param>
    public void Poll(int milliseconds)
    {
        if (!Native.Poll(this, milliseconds))
            return;
        while (Native.Poll(this, 0))
        {
        }
    }

    /// <inheritdoc/>
    public void OnReports(NativeMessage** reports, int count, int setSize)
    {
        _reported += count;
        if (Failure is not null)
            return;
        for (var i = 0; i < count; i++)
        {
            var report = reports[i];
            // What is purged fails because of something else.
            if (report->Error is ErrorCode.NoError or ErrorCode.Local_PurgeQueue or ErrorCode.Local_PurgeInflight)
                continue;
            long bytes = 0;
            for (var k = i; k < count; k++)
                bytes += reports[k]->KeyLength + reports[k]->ValueLength;
            Failure = new ReportedFailure(
                report->Error,
                NativeProducer.Describe(report),
                RecordHandover.SlotOf(report),
                RecordHandover.IndexOf(report),
                setSize,
                bytes / (count - i));
            return;
        }
    }

    /// <inheritdoc/>
    public void OnError(ErrorCode error, string text, bool isFatal)
    {
        // It follows the errors of the brokers, which say more.
        if (error == ErrorCode.Local_AllBrokersDown)
            return;
        LastError = text;
        if (error is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed)
            RefusedLogin = text;
        onError(text);
    }

    /// <inheritdoc/>
    public void OnLog(int level, string facility, string text)
    {
        // Errors come as such.
    }

    /// <summary>Closes the producer; afterwards it uses no memory of records. Waits for its threads.</summary>
    public void Dispose() => Native.Dispose();
}
