using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>
/// What happens to what fails: the <c>errors.*</c> keys of a connector. Puts are tried again for five minutes where
/// <c>errors.retry.timeout</c> is not set, conversions not at all.
/// </summary>
internal sealed partial class ErrorPolicy(
    ConnectorConfig config, bool hasRetryTimeout, int task, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_sayAgainAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_putTimeout = TimeSpan.FromMinutes(5);

    private long? _saidAt;
    private long _skipped;

    /// <summary>When puts are tried again.</summary>
    public RetrySchedule Puts { get; } = new(hasRetryTimeout ? config.RetryTimeout : s_putTimeout, config.RetryDelayMax);

    /// <summary>When conversions are tried again.</summary>
    public RetrySchedule Conversions { get; } = new(config.RetryTimeout, config.RetryDelayMax);

    /// <summary>A record could not be converted: returns null when it is to be skipped, else what the task fails with.</summary>
    public Exception? Judge(ConversionException error, TopicPartition partition, long offset, long timestamp)
        => Judge(error.StageName, error.ClassName, error, partition, offset, timestamp);

    /// <summary>The destination does not take a record: returns null when it is to be skipped, else what the task fails with.</summary>
    public Exception? Judge(RecordFailure failure, Type sink, TopicPartition partition, long offset, long timestamp)
        => Judge("TASK_PUT", sink.FullName!, failure.Error, partition, offset, timestamp);

    private ConnectException? Judge(
        string stage, string className, Exception error, TopicPartition partition, long offset, long timestamp)
    {
        if (config.LogsErrors)
        {
            if (config.LogsPositions)
            {
                Log.RecordFailedAt(
                    logger, error, config.Name, task, stage, className, partition.Topic, partition.Partition, offset, timestamp);
            }
            else
            {
                Log.RecordFailed(logger, error, config.Name, task, stage, className);
            }
        }

        if (config.ToleratesErrors)
            Skipped(error);
        return config.ToleratesErrors
            ? null
            : new ConnectException(
                $"Tolerance exceeded in error handler: stage {stage} failed for the record of topic {partition.Topic}, "
                + $"partition {partition.Partition}, offset {offset}: {error.Message}",
                error);
    }

    /// <summary>Says that records were skipped: the first time, and then at most every ten seconds. Called by the task's loop alone.</summary>
    private void Skipped(Exception error)
    {
        _skipped++;
        if (_saidAt is { } at && time.GetElapsedTime(at) < s_sayAgainAfter)
            return;
        _saidAt = time.GetTimestamp();
        Log.Skipped(logger, config.Name, task, _skipped, error.Message);
        _skipped = 0;
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Warning,
            "{Connector}-{Task}: records were skipped because of errors.tolerance=all, {Records} since this was last said; the last one: {Error}")]
        public static partial void Skipped(ILogger logger, string connector, int task, long records, string error);

        [LoggerMessage(1, LogLevel.Error, "A record failed in {Connector}-{Task}, stage {Stage}, class {Class}")]
        public static partial void RecordFailed(
            ILogger logger, Exception error, string connector, int task, string stage, string @class);

        [LoggerMessage(2, LogLevel.Error,
            "A record failed in {Connector}-{Task}, stage {Stage}, class {Class}: topic {Topic}, partition {Partition}, "
            + "offset {Offset}, timestamp {Timestamp}")]
        public static partial void RecordFailedAt(
            ILogger logger, Exception error, string connector, int task, string stage, string @class,
            string topic, int partition, long offset, long timestamp);
    }
}
