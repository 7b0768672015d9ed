using Exports.Kafka.Client;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Connectors.Kafka;

/// <content>Taking what the producer reports, by the session's thread.</content>
internal sealed partial class OrderedWriter
{
    /// <summary>Takes reports.</summary>
    /// <returns>Whether any record was delivered.</returns>
    public unsafe bool OnReports(ProducerSession session, NativeMessage** reports, int count, int setSize)
    {
        var delivered = false;
        var i = 0;
        while (i < count)
        {
            var report = reports[i];
            if (report->Error != ErrorCode.NoError)
            {
                OnFailedReport(session, new Span<nint>(reports + i, count - i), setSize);
                i++;
                continue;
            }

            var slot = RecordHandover.SlotOf(report);
            var put = _puts.At(slot);
            var run = 0;
            do
            {
                put.MarkDelivered(RecordHandover.IndexOf(reports[i]));
                run++;
                i++;
            }
            while (i < count && reports[i]->Error == ErrorCode.NoError && RecordHandover.SlotOf(reports[i]) == slot);

            delivered = true;
            if (put.Decide(run))
                Complete(put);
        }

        if (delivered)
        {
            _lastError = null;
            _setbacks = 0;
        }

        return delivered;
    }

    /// <summary>Takes an error of the client.</summary>
    public void OnError(ProducerSession session, ErrorCode code, string text, bool isFatal)
    {
        // It follows the errors of the brokers, which say more.
        if (code == ErrorCode.Local_AllBrokersDown)
            return;
        _lastError = text;
        // One warning now and then: each attempt to connect fails anew.
        if (_lastWarning == 0 || _time.GetElapsedTime(_lastWarning) > s_betweenWarnings)
        {
            _lastWarning = _time.GetTimestamp();
            Log.ClientError(_logger, text);
        }

        if (isFatal)
            Fail(session, DeliveryFailure.OfClient(session.Producer.FatalError, text));
        else if (code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed)
            Fail(session, DeliveryFailure.OfClient(code, text));
        else if (Waits())
            _onTrouble(DeliveryFailure.Unreachable(text));
    }

    /// <summary>Takes a line of librdkafka's log.</summary>
    public void OnLog(int level, string facility, string text) => Log.ClientLog(_logger, level, facility, text);

    private bool Waits()
    {
        lock (_lock)
            return !_puts.IsEmpty;
    }

    private unsafe void OnFailedReport(ProducerSession session, Span<nint> reports, int setSize)
    {
        var report = (NativeMessage*)reports[0];
        var code = report->Error;
        if (code is ErrorCode.Local_PurgeQueue or ErrorCode.Local_PurgeInflight)
            return;
        var put = _puts.At(RecordHandover.SlotOf(report));
        var index = RecordHandover.IndexOf(report);
        ref readonly var record = ref put.Batch.Records[index];
        var topic = _config.TopicFor(record.Topic);
        var text = NativeProducer.Describe(report);
        var failure = code == ErrorCode.Local_UnknownPartition
            ? DeliveryFailure.NoSuchPartition(topic, record)
            : DeliveryFailure.Of(code, text, topic, setSize);
        if (failure.Action == FailureAction.SendAgainOneByOne)
            put.OneByOne = true;
        if (failure.Action == FailureAction.SendAgainInSmallerSets)
            ShrinkSets(reports, setSize);
        Fail(session, failure);
        if (DeliveryFailure.IsOfTheRecord(code) && setSize == 1)
            Reject(put, index, DeliveryFailure.Rejection(code, text, topic, record, RecordHandover.SizeOf(record)));
    }

    /// <summary>Halves the largest size of a set, for the life of the task: the target's limit will not grow.</summary>
    private unsafe void ShrinkSets(Span<nint> reports, int setSize)
    {
        if (_setIsShrunk)
            return;
        _setIsShrunk = true;
        long bytes = 0;
        foreach (var report in reports)
            bytes += ((NativeMessage*)report)->KeyLength + ((NativeMessage*)report)->ValueLength + RecordOverhead;
        var set = (int)Math.Min(bytes / reports.Length * setSize, int.MaxValue);
        _batchSize = Math.Max(1, Math.Min(_batchSize ?? int.MaxValue, set) / 2);
        _madeProgress = true;
        Log.SmallerSets(_logger, setSize, set, _batchSize.Value);
    }

    private void Reject(PendingPut put, int index, Exception error)
    {
        _madeProgress = true;
        put.MarkFailed(index, error);
        if (put.Decide(1))
            Complete(put);
    }

    private void Complete(PendingPut put)
    {
        lock (_lock)
        {
            _puts.Remove(put);
            _lastActivity = _time.GetTimestamp();
        }

        put.Complete();
    }
}
