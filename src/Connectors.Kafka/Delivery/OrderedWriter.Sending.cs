using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Connectors.Kafka;

/// <content>Handing records over, by one thread at a time.</content>
internal sealed partial class OrderedWriter
{
    /// <summary>Hands over what can be handed over.</summary>
    private void Pump()
    {
        lock (_lock)
        {
            if (_pumping)
            {
                _pumpAgain = true;
                return;
            }

            _pumping = true;
        }

        try
        {
            PumpAll();
        }
        catch (Exception e)
        {
            // A defect of ours: nobody must wait for records that nobody sends.
            PendingPut[] puts = [];
            lock (_lock)
            {
                _pumping = false;
                if (_session is not null)
                    GiveUp(Defect(e));
                else
                    puts = _puts.TakeAll();
            }

            foreach (var put in puts)
                put.Fail(Defect(e));
        }
    }

    private void PumpAll()
    {
        var result = SendResult.AllSent;
        while (true)
        {
            PendingPut? put;
            ProducerSession? session;
            lock (_lock)
            {
                put = result == SendResult.MustWait && !_pumpAgain || _state != State.Open
                    ? null
                    : _puts.Unsent;
                _pumpAgain = false;
                if (put is null)
                {
                    _pumping = false;
                    return;
                }

                session = _session;
            }

            session ??= OpenSession();
            result = session is null ? SendResult.Stopped : Send(put, session);
        }
    }

    private ProducerSession? OpenSession()
    {
        ProducerSession session;
        try
        {
            var settings = new Dictionary<string, string>(_config.Settings, StringComparer.Ordinal);
            if (_batchSize is { } size)
                settings["batch.size"] = size.ToString(System.Globalization.CultureInfo.InvariantCulture);
            session = new ProducerSession(this, settings);
        }
        catch (ArgumentException e)
        {
            PendingPut[] puts;
            lock (_lock)
            {
                puts = _puts.TakeAll();
                _failure = null;
            }

            foreach (var put in puts)
                put.Fail(new ConfigException(e.Message, e));
            return null;
        }

        lock (_lock)
        {
            _session = session;
            _alive.Add(session);
            _lastActivity = _time.GetTimestamp();
            // The task may have been stopped meanwhile.
            if (_failure is not null)
                StartDraining();
        }

        Log.Opened(_logger, _config.Settings["bootstrap.servers"]);
        session.Start(_name);
        return session;
    }

    /// <summary>
    /// Produces a batch from its next record on. As soon as its last record has been handed over, the batch may be complete
    /// and this object in use for another one: it must not be touched any more.
    /// </summary>
    private SendResult Send(PendingPut put, ProducerSession session)
    {
        var records = put.Batch.Records;
        string? topic = null;
        nint handle = 0;
        var i = put.Next;
        while (i < records.Length)
        {
            if (_state != State.Open)
                return SendResult.Stopped;
            if (put.OneByOne && session.Outstanding > 0)
            {
                _waiting = true;
                if (session.Outstanding > 0)
                    return SendResult.MustWait;
            }

            ref readonly var record = ref records[i];
            var next = put.NextUndecided(i + 1);
            put.Next = next;
            session.Produced();
            ErrorCode error;
            try
            {
                if (!ReferenceEquals(record.Topic, topic))
                {
                    handle = session.Producer.Topic(_config.TopicFor(record.Topic));
                    topic = record.Topic;
                }

                error = RecordHandover.Produce(_config, put.Pins, put.Slot, i, record, session.Producer, handle);
            }
            catch (Exception e) when (e is ConnectException or ArgumentException)
            {
                session.NotProduced();
                Reject(put, i, e as ConnectException ?? new DataException(e.Message, e));
                i = next;
                continue;
            }

            if (error != ErrorCode.NoError)
            {
                session.NotProduced();
                if (error == ErrorCode.Local_QueueFull && session.Outstanding > 0)
                {
                    put.Next = i;
                    if (_waiting)
                        return SendResult.MustWait;
                    // Reports that came before this was set did not wake us: look again.
                    _waiting = true;
                    continue;
                }

                if (!OnRefused(put, i, record, error, session))
                    return SendResult.Stopped;
            }

            i = next;
        }

        return SendResult.AllSent;
    }

    /// <summary>The client did not take a record.</summary>
    /// <returns>Whether to go on with the next one.</returns>
    private bool OnRefused(PendingPut put, int index, in SinkRecord record, ErrorCode error, ProducerSession session)
    {
        var topic = _config.TopicFor(record.Topic);
        var text = NativeProducer.Describe(error);
        if (error == ErrorCode.Local_QueueFull)
        {
            Reject(put, index, new ConnectException(
                $"The record {record.Topic}-{record.Partition}@{record.Offset} does not fit into target.buffer.memory."));
            return true;
        }

        if (DeliveryFailure.IsOfTheRecord(error))
        {
            Reject(put, index, DeliveryFailure.Rejection(error, text, topic, record, RecordHandover.SizeOf(record)));
            return true;
        }

        put.Next = index;
        Fail(session, error == ErrorCode.Local_UnknownPartition
            ? DeliveryFailure.NoSuchPartition(topic, record)
            : DeliveryFailure.Of(error, text, topic, 1));
        return false;
    }
}
