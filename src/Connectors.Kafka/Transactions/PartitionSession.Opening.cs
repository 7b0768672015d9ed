using System.Globalization;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Connectors.Kafka;

/// <content>Producers: fencing whoever had the partition, and finding out where it stands.</content>
internal sealed partial class PartitionSession
{
    private const int StepMilliseconds = 1000;

    // Within the time that the control plane gives to an assignment, the question for the position included.
    private static readonly TimeSpan s_initTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_askTime = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_betweenWarnings = TimeSpan.FromSeconds(10);

    // Where the partition stands on the target by all that this session knows; null for nowhere.
    private long? _position;

    // The position that a transaction would have committed whose end is not known.
    private long? _attempted;

    // Records below it turned out to be committed though their transaction's end was not seen.
    private long? _deliveredBelow;
    private int? _batchSize;
    private long _lastWarning;

    /// <summary>Opens a producer.</summary>
    /// <returns>The partition's committed position.</returns>
    /// <exception cref="RetriableException">The target did not answer.</exception>
    /// <exception cref="ConnectException">The target refuses.</exception>
    private long? Connect()
    {
        var settings = new Dictionary<string, string>(_config.Settings, StringComparer.Ordinal) { ["transactional.id"] = _id };
        if (_batchSize is { } size)
            settings["batch.size"] = size.ToString(CultureInfo.InvariantCulture);
        TransactionalProducer producer;
        try
        {
            producer = new TransactionalProducer(settings, OnClientError);
        }
        catch (ArgumentException e)
        {
            throw new ConfigException(e.Message, e);
        }

        lock (_lock)
            _producer = producer;
        var begun = _time.GetTimestamp();
        while (producer.Native.InitTransactions(StepMilliseconds) is { } failure)
        {
            producer.Poll(PollMilliseconds);
            if (!failure.IsRetriable)
                throw Explain(failure);
            Check(producer, begun, s_initTime, "did not give out a producer id");
        }

        return AskPosition(producer);
    }

    /// <summary>Opens another producer, unless somebody else has had the partition meanwhile.</summary>
    private TransactionalProducer Reconnect()
    {
        var committed = Connect();
        // Positions that have expired say nothing about others.
        if (committed is not null && committed != _position)
        {
            if (committed != _attempted)
            {
                var left = _position?.ToString(CultureInfo.InvariantCulture) ?? "none";
                throw TakenOver($"its position is {committed}, and this task left it at {left}");
            }

            _deliveredBelow = _position = committed;
        }

        _attempted = null;
        return _producer!;
    }

    private long? AskPosition(TransactionalProducer producer)
    {
        var begun = _time.GetTimestamp();
        while (true)
        {
            var failure = producer.Native.AskCommitted(
                _id, _anchor, 0, (int)s_askTime.TotalMilliseconds, _over.Token, out var offset);
            if (failure is null)
            {
                Log.Opened(_logger, _source.Topic, _source.Partition, offset);
                return offset;
            }

            producer.Poll(0);
            if (!failure.IsRetriable)
                throw Explain(failure);
            Check(producer, begun, s_askTime, "did not tell the committed position");
            _over.Token.WaitHandle.WaitOne(100);
        }
    }

    /// <summary>Throws when there is a reason not to go on.</summary>
    private void Check(TransactionalProducer producer, long begun, TimeSpan limit, string what)
    {
        if (_over.IsCancellationRequested)
            throw Stopped();
        if (producer.RefusedLogin is { } text)
            throw DeliveryFailure.OfClient(ErrorCode.Local_Authentication, text).Error;
        if (_time.GetElapsedTime(begun) > limit)
        {
            throw new RetriableException(
                $"The target cluster {what} for the transactional id '{_id}' within {limit.TotalSeconds:0} s."
                + (producer.LastError is { } last ? $" The client's last error: {last}" : ""))
            { Cause = ErrorCause.DestinationUnreachable };
        }
    }

    private void OnClientError(string text)
    {
        if (!_isIdle)
            _onTrouble(DeliveryFailure.Unreachable(text));
        // One warning now and then: each attempt to connect fails anew.
        if (_lastWarning != 0 && _time.GetElapsedTime(_lastWarning) <= s_betweenWarnings)
            return;
        _lastWarning = _time.GetTimestamp();
        Log.ClientError(_logger, text);
    }

    private ConnectException TakenOver(string how)
        => new($"Another task has taken over {_source}: {how}. Where no other task should have it, another connector or worker "
            + $"uses the same {KafkaSinkConfig.ExactlyOnceGroup} on the target cluster, or a transaction took longer than "
            + $"{KafkaSinkConfig.Prefix}transaction.timeout.ms.")
        { Cause = ErrorCause.Configuration };

    /// <summary>The exception for a failure that no repetition of the same call mends.</summary>
    private ConnectException Explain(TransactionFailure failure) => failure.Code switch
    {
        ErrorCode.Local_Fenced or ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch
            => TakenOver($"this task's producer is fenced ({failure.Text})"),
        ErrorCode.TransactionalIdAuthorizationFailed => new ConnectException(
            $"The target cluster does not let this client use the transactional id '{_id}'. Grant it Write and Describe on "
            + $"TransactionalId, by a prefix for all partitions ({failure.Text}).")
        { Cause = ErrorCause.Credentials },
        ErrorCode.GroupAuthorizationFailed => new ConnectException(
            $"The target cluster does not let this client keep its position in the group '{_id}'. Grant it Read on Group, by a "
            + $"prefix for all partitions ({failure.Text}).")
        { Cause = ErrorCause.Credentials },
        ErrorCode.TopicAuthorizationFailed => new ConnectException(
            $"The target cluster does not let this client keep its position for the topic '{_anchor}', or write there. Grant it Read and "
            + $"Write on Topic ({failure.Text}).")
        { Cause = ErrorCause.Credentials },
        ErrorCode.ClusterAuthorizationFailed or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication
            => (ConnectException)DeliveryFailure.OfClient(failure.Code, failure.Text).Error,
        ErrorCode.InvalidTransactionTimeout => new ConfigException(
            $"{KafkaSinkConfig.Prefix}transaction.timeout.ms", _config.Settings["transaction.timeout.ms"],
            "the target's transaction.max.timeout.ms is less."),
        ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion => new ConnectException(
            $"The target cluster does not support transactions. Set {KafkaSinkConfig.ExactlyOnceKey}=false ({failure.Text}).")
        { Cause = ErrorCause.Configuration },
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic => new RetriableException(
            $"The target cluster has no topic '{_anchor}', for whose name it keeps this partition's position. Create it there.")
        { Cause = ErrorCause.DestinationMissing },
        _ => new RetriableException($"The target cluster did not accept a transaction: {failure.Text} ({failure.Code})") { Cause = ErrorCause.DestinationUnreachable },
    };
}
