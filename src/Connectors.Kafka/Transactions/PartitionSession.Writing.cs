using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Connectors.Kafka;

/// <content>Transactions.</content>
internal sealed partial class PartitionSession
{
    private const int PollMilliseconds = 100;
    private const int RecordOverhead = 70;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    private bool _isInTransaction;
    private bool _isOneByOne;
    private int _repetitions;
    private long _begun;

    /// <summary>What came of handing records over.</summary>
    /// <param name="Next">The position behind the last record that is decided; null when the transaction is empty.</param>
    /// <param name="Cut">
    /// The place of the slice, and the index of the record, at which the transaction ends early: a record is refused, and
    /// is not to be skipped.
    /// </param>
    /// <param name="IsBroken">The transaction takes no more, and no report says why.</param>
    private readonly record struct Handover(long? Next, (int Slice, int Index)? Cut, bool IsBroken = false);

    /// <summary>Writes slices in one transaction, which is repeated for as long as that can help.</summary>
    /// <exception cref="ConnectException">None was written, or nobody knows.</exception>
    /// <exception cref="OperationCanceledException">The task is being stopped.</exception>
    private void WriteAll(List<Slice> slices)
    {
        _begun = _time.GetTimestamp();
        _repetitions = 0;
        _isOneByOne = false;
        while (true)
        {
            if (_over.IsCancellationRequested)
                throw Stopped();
            var producer = _producer ?? Reconnect();
            producer.Reset();
            var handover = HandOver(producer, slices);
            if (producer.Failure is { } failure)
            {
                Recover(producer, slices, failure);
                continue;
            }

            if (handover.IsBroken)
            {
                FindCause(producer);
                continue;
            }

            if (handover.Next is not { } next || TryCommit(producer, next))
            {
                Finish(slices, handover.Cut);
                return;
            }
        }
    }

    private Handover HandOver(TransactionalProducer producer, List<Slice> slices)
    {
        long? next = null;
        (int, int)? cut = null;
        for (var s = 0; s < slices.Count && cut is null; s++)
        {
            var slice = slices[s];
            var records = slice.Records;
            string? topic = null;
            nint handle = 0;
            foreach (var (start, end) in slice.Runs)
            {
                for (var i = start; i < end; i++)
                {
                    ref readonly var record = ref records[i];
                    if (record.Offset < _deliveredBelow)
                        continue;
                    if (!slice.IsRejected(i))
                    {
                        if (!_isInTransaction && producer.Native.BeginTransaction() is { } failure)
                            throw Explain(failure);
                        _isInTransaction = true;
                        if (!TryHandOver(producer, slices, s, i, record, ref topic, ref handle))
                            return new Handover(null, null, IsBroken: true);
                    }

                    if (slice.IsRejected(i) && !_toleratesErrors)
                    {
                        cut = (s, i);
                        break;
                    }

                    next = record.Offset + 1;
                }

                if (cut is not null)
                    break;
            }
        }

        Drain(producer);
        return new Handover(_isInTransaction ? next : null, cut);
    }

    /// <summary>Hands a record over, or rejects it.</summary>
    /// <returns>False when the transaction cannot go on: everything has been reported then, and why.</returns>
    private bool TryHandOver(
        TransactionalProducer producer, List<Slice> slices, int place, int index, in SinkRecord record, ref string? topic, ref nint handle)
    {
        var slice = slices[place];
        while (true)
        {
            producer.Produced();
            ErrorCode error;
            try
            {
                if (!ReferenceEquals(record.Topic, topic))
                {
                    handle = producer.Native.Topic(_config.TopicFor(record.Topic));
                    topic = record.Topic;
                }

                error = RecordHandover.Produce(_config, slice.Pins, place, index, record, producer.Native, handle);
            }
            catch (Exception e) when (e is ConnectException or ArgumentException)
            {
                producer.NotProduced();
                slice.Reject(index, e as ConnectException ?? new DataException(e.Message, e));
                return true;
            }

            if (error == ErrorCode.NoError)
            {
                if (_isOneByOne)
                    Drain(producer);
                return producer.Failure is null || Stop(producer);
            }

            producer.NotProduced();
            if (error == ErrorCode.Local_QueueFull && producer.Outstanding > 0)
            {
                producer.Poll(PollMilliseconds);
                CheckTime(producer, slices);
                continue;
            }

            if (error == ErrorCode.Local_QueueFull)
            {
                slice.Reject(index, new ConnectException(
                    $"The record {_source}@{record.Offset} does not fit into target.buffer.memory."));
                return true;
            }

            if (DeliveryFailure.IsOfTheRecord(error))
            {
                slice.Reject(index, DeliveryFailure.Rejection(
                    error, NativeProducer.Describe(error), _config.TopicFor(record.Topic), record, RecordHandover.SizeOf(record)));
                return true;
            }

            // The cause of a transaction that takes no more is among the reports, or is told by its next step.
            Drain(producer);
            if (producer.Failure is null && error != ErrorCode.Local_State)
                producer.Report(new(error, NativeProducer.Describe(error), place, index, 1, 0));
            return false;
        }
    }

    private bool Stop(TransactionalProducer producer)
    {
        Drain(producer);
        return false;
    }

    /// <summary>Waits until everything has been reported.</summary>
    private void Drain(TransactionalProducer producer)
    {
        producer.Poll(0);
        while (producer.Outstanding > 0)
        {
            producer.Poll(PollMilliseconds);
            if (producer.Outstanding > 0)
                CheckTime(producer, null);
        }
    }

    private void CheckTime(TransactionalProducer producer, List<Slice>? slices)
    {
        if (_over.IsCancellationRequested)
            throw Stopped();
        if (producer.RefusedLogin is { } text)
            throw DeliveryFailure.OfClient(ErrorCode.Local_Authentication, text).Error;
        if (_config.DeliveryTimeout != Timeout.InfiniteTimeSpan && _time.GetElapsedTime(_begun) > _config.DeliveryTimeout)
        {
            var count = slices?.Sum(slice => slice.Count) ?? (int)producer.Outstanding;
            throw DeliveryFailure.TimedOut(_config.DeliveryTimeout, (int)producer.Outstanding, count, producer.LastError).Error;
        }
    }

    /// <summary>Adds the position, and commits.</summary>
    /// <returns>False when the transaction is to be repeated.</returns>
    private bool TryCommit(TransactionalProducer producer, long next)
    {
        while (producer.Native.SendOffset(_id, new PartitionOffset(_anchor, 0, next), StepMilliseconds) is { } failure)
        {
            if (!Judge(producer, failure))
                return false;
        }

        _attempted = next;
        while (producer.Native.CommitTransaction(StepMilliseconds) is { } failure)
        {
            if (!Judge(producer, failure))
                return false;
        }

        _isInTransaction = false;
        _position = next;
        _attempted = null;
        return true;
    }

    /// <summary>A step did not succeed.</summary>
    /// <returns>Whether to repeat the step; false to repeat the transaction.</returns>
    private bool Judge(TransactionalProducer producer, TransactionFailure failure)
    {
        // A call that fails at once is not to be repeated at once.
        producer.Poll(failure.IsRetriable ? PollMilliseconds : 0);
        if (failure.IsRetriable)
        {
            CheckTime(producer, null);
            return true;
        }

        var error = Explain(failure);
        if (failure.IsFatal || !failure.RequiresAbort || !TryAbort(producer))
            Drop();
        if (error is not RetriableException)
            throw error;
        Repeat(error);
        return false;
    }

    /// <summary>The transaction takes no more, and its next step tells why.</summary>
    private void FindCause(TransactionalProducer producer)
    {
        var failure = producer.Native.SendOffset(_id, new PartitionOffset(_anchor, 0, _position ?? 0), StepMilliseconds)
            ?? new TransactionFailure(ErrorCode.Local_State, "the transaction takes no more records", false, true, false);
        Judge(producer, failure with { IsRetriable = false, RequiresAbort = true });
    }

    /// <summary>A record was not accepted: decides what to do about it, ends the transaction, and gets ready for another one.</summary>
    private void Recover(TransactionalProducer producer, List<Slice> slices, ReportedFailure failed)
    {
        var slice = slices[failed.Slice];
        ref readonly var record = ref slice.Records[failed.Index];
        var topic = _config.TopicFor(record.Topic);
        var fatal = producer.Native.FatalError;
        if (fatal is ErrorCode.Local_Fenced or ErrorCode.ProducerFenced)
        {
            Drop();
            throw TakenOver($"this task's producer is fenced ({failed.Text})");
        }

        var isRejected = DeliveryFailure.IsOfTheRecord(failed.Code) && failed.SetSize == 1;
        var failure = failed.Code == ErrorCode.Local_UnknownPartition
            ? DeliveryFailure.NoSuchPartition(topic, record)
            : DeliveryFailure.Of(failed.Code, failed.Text, topic, failed.SetSize);
        if (failed.Code == ErrorCode.Local_UnknownPartition)
        {
            var count = producer.Native.PartitionCount(producer.Native.Topic(topic), 5000);
            failure = failure with { Error = failure.Missing!.ToException(count) };
        }

        if (isRejected)
        {
            slice.Reject(
                failed.Index, DeliveryFailure.Rejection(failed.Code, failed.Text, topic, record, RecordHandover.SizeOf(record)));
        }

        _isOneByOne |= failure.Action == FailureAction.SendAgainOneByOne;
        var isShrunk = failure.Action == FailureAction.SendAgainInSmallerSets;
        if (isShrunk)
            ShrinkSets(failed);

        if (fatal != ErrorCode.NoError || isShrunk || !TryAbort(producer))
            Drop();
        if (isRejected || isShrunk)
            return;
        if (failure.Action == FailureAction.GiveUp)
            throw failure.Error;
        Repeat(failure.Error);
    }

    /// <summary>Halves the largest size of a set, for the life of the session: the target's limit will not grow.</summary>
    private void ShrinkSets(ReportedFailure failed)
    {
        var set = (int)Math.Min((failed.RecordBytes + RecordOverhead) * failed.SetSize, int.MaxValue);
        _batchSize = Math.Max(1, Math.Min(_batchSize ?? int.MaxValue, set) / 2);
        Log.SmallerSets(_logger, failed.SetSize, set, _batchSize.Value);
    }

    /// <summary>Aborts the transaction.</summary>
    /// <returns>Whether the producer is good for another one.</returns>
    private bool TryAbort(TransactionalProducer producer)
    {
        // The call waits for reports, which somebody else has to take.
        var aborting = Task.Factory.StartNew(
            () => producer.Native.AbortTransaction((int)s_grace.TotalMilliseconds),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!aborting.IsCompleted)
            producer.Poll(10);
        if (aborting.Result is { Code: ErrorCode.Local_Fenced or ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch } fenced)
            throw Explain(fenced);
        if (aborting.Result is not null || producer.Outstanding > 0)
            return false;
        _isInTransaction = false;
        return true;
    }

    /// <summary>Waits a little before the transaction is repeated.</summary>
    private void Repeat(Exception error)
    {
        if (_config.DeliveryTimeout != Timeout.InfiniteTimeSpan && _time.GetElapsedTime(_begun) > _config.DeliveryTimeout)
            throw error;
        Log.Repeating(_logger, _source.Topic, _source.Partition, error.Message);
        var pause = s_firstPause * Math.Pow(2, Math.Min(_repetitions++, 10));
        if (_over.Token.WaitHandle.WaitOne(pause < s_longestPause ? pause : s_longestPause))
            throw Stopped();
    }

    private void Finish(List<Slice> slices, (int Slice, int Index)? cut)
    {
        if (cut is not { } at)
        {
            if (slices[^1].LastOffset + 1 >= _deliveredBelow)
                _deliveredBelow = null;
            foreach (var slice in slices)
                slice.Complete();
            return;
        }

        var last = slices[at.Slice];
        var from = last.Records[at.Index].Offset;
        for (var s = 0; s < at.Slice; s++)
            slices[s].Complete();
        HandBack(
            slices.Skip(at.Slice + 1), from, new RetriableException("A record before these was refused, so they were not delivered."));
        last.CompleteUpTo(at.Index);
    }
}
