using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>
/// What happens to what fails: the <c>errors.*</c> keys of a connector. Puts are tried again for five minutes where
/// <c>errors.retry.timeout</c> is not set, conversions not at all. Used by the task's loop alone.
/// </summary>
internal sealed partial class ErrorPolicy(
    ConnectorConfig config, bool hasRetryTimeout, int task, Func<string, string> redact, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_sayAgainAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_putTimeout = TimeSpan.FromMinutes(5);

    private long? _saidAt;
    private long _skipped;

    /// <summary>When puts are tried again.</summary>
    public RetrySchedule Puts { get; } = new(hasRetryTimeout ? config.RetryTimeout : s_putTimeout, config.RetryDelayMax);

    /// <summary>When conversions are tried again.</summary>
    public RetrySchedule Conversions { get; } = new(config.RetryTimeout, config.RetryDelayMax);

    /// <summary>What has gone wrong so far.</summary>
    public ErrorCounters Counters { get; } = new(time);

    /// <summary>A message without secrets.</summary>
    public string Redact(string message) => redact(message);

    /// <summary>A record failed for good: returns null when it is to be skipped, else what the task fails with.</summary>
    /// <param name="error">What failed.</param>
    /// <param name="partition">Where the record was read.</param>
    /// <param name="record">The record as it was read.</param>
    public ConnectException? Judge(in RecordError error, TopicPartition partition, in RecordEntry record)
    {
        Counters.Gave(config.ToleratesErrors);
        if (config.LogsErrors)
        {
            Counters.Logged();
            var where = config.LogsPositions ? Describe(partition, record) : "";
            Log.RecordFailed(
                logger, Safe(error.Cause), config.Name, task, error.Stage, error.ClassName, where,
                partition.Topic, partition.Partition, record.Offset);
        }

        if (!config.ToleratesErrors)
        {
            return new ConnectException(
                $"Tolerance exceeded in error handler: stage {error.Stage} failed for the record of topic {partition.Topic}, "
                + $"partition {partition.Partition}, offset {record.Offset}: {error.Error.Message}",
                error.Error)
            {
                Cause = ErrorCause.BadRecord,
            };
        }

        Skipped(error.Error, partition, record.Offset);
        return null;
    }

    /// <summary>As Kafka Connect writes it: where the record is, and nothing that is in it.</summary>
    private static string Describe(TopicPartition partition, in RecordEntry record)
    {
        var timestamp = record.TimestampType switch
        {
            TimestampType.CreateTime => $", timestamp={record.Timestamp}, timestampType=CreateTime",
            TimestampType.LogAppendTime => $", timestamp={record.Timestamp}, timestampType=LogAppendTime",
            _ => "",
        };
        return $", where consumed record is {{topic='{partition.Topic}', partition={partition.Partition}, "
            + $"offset={record.Offset}{timestamp}}}";
    }

    private Exception Safe(Exception error)
    {
        var text = error.ToString();
        var safe = redact(text);
        return safe == text ? error : new ConnectException(safe);
    }

    /// <summary>Says that records were skipped: the first time, and then at most every ten seconds.</summary>
    private void Skipped(Exception error, TopicPartition partition, long offset)
    {
        _skipped++;
        if (_saidAt is { } at && time.GetElapsedTime(at) < s_sayAgainAfter)
            return;
        _saidAt = time.GetTimestamp();
        Log.Skipped(
            logger, config.Name, task, _skipped, redact(error.Message), partition.Topic, partition.Partition, offset);
        _skipped = 0;
    }

#pragma warning disable SYSLIB1015 // the record's place is for the fields of the log; in the text it stands where it is asked for
    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Warning,
            "{Connector}-{Task}: records were skipped because of errors.tolerance=all, {Records} since this was last said; the last one: {Error}")]
        public static partial void Skipped(
            ILogger logger, string connector, int task, long records, string error, string topic, int partition, long offset);

        [LoggerMessage(1, LogLevel.Error,
            "Error encountered in task {Connector}-{Task}. Executing stage '{Stage}' with class '{Class}'{Where}.")]
        public static partial void RecordFailed(
            ILogger logger, Exception error, string connector, int task, string stage, string @class, string where,
            string topic, int partition, long offset);
    }
#pragma warning restore SYSLIB1015
}
