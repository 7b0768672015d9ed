using Exports.Grains;

namespace Exports.Observation;

/// <summary>
/// Judges a task: RUNNING alone says little, so a task is unhealthy as well while records wait for an acknowledgement that does not
/// come, while Kafka does not let it read, and after a failure until it has run well again.
/// </summary>
internal static class TaskHealth
{
    // A broker that restarts is gone for a moment, and nobody needs to look at that.
    private static readonly TimeSpan s_kafkaPatience = TimeSpan.FromSeconds(2);

    /// <summary>The task's state, with health and trouble.</summary>
    /// <param name="condition">What the control plane knows.</param>
    /// <param name="pipeline">What the pipeline tells; null for none.</param>
    /// <param name="now">The time.</param>
    /// <param name="unhealthyAfter">How long records may wait without any acknowledgement.</param>
    public static TaskState Judge(TaskCondition condition, PipelineView? pipeline, DateTimeOffset now, TimeSpan unhealthyAfter)
    {
        var problem = condition.Problem;
        if (condition.Run != RunState.Paused && !HasRecovered(condition.Started, pipeline, now, unhealthyAfter))
            problem ??= condition.Recovering;
        if (condition.Run == RunState.Running && pipeline is not null)
            problem ??= Kafka(pipeline, now) ?? Stall(condition, pipeline, now, unhealthyAfter);
        return new(
            condition.Number, condition.Run, condition.WorkerId, condition.Trace ?? problem?.Message, condition.Epoch,
            condition.Restarts, condition.NextRestart, condition.Heard)
        {
            Problem = problem,
            Health = condition.Run switch
            {
                RunState.Paused => Health.Paused,
                _ when problem is not null => Health.Unhealthy,
                RunState.Running => Health.Healthy,
                _ => Health.Starting,
            },
        };
    }

    /// <summary>
    /// Whether a pipeline has run for a while since the last failure, and the destination has accepted something, or had nothing to accept.
    /// </summary>
    public static bool HasRecovered(DateTimeOffset? started, PipelineView? pipeline, DateTimeOffset now, TimeSpan unhealthyAfter)
        => pipeline is not null && now - started >= unhealthyAfter
            && pipeline.Progress is var progress && (progress.LastAcknowledgement is not null || progress.BytesBuffered == 0);

    private static Problem? Kafka(PipelineView pipeline, DateTimeOffset now)
    {
        if (pipeline.Progress.KafkaUnreachableSince is { } since && now - since >= s_kafkaPatience)
        {
            return Problems.Of(
                ProblemCause.KafkaUnavailable, $"No Kafka broker can be reached since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z; nothing new is read meanwhile.", since);
        }

        foreach (var partition in pipeline.Partitions)
        {
            if (partition.Problem is { } text)
                return Problems.Of(ProblemCause.KafkaUnavailable, $"{partition.Partition}: {text}", now);
        }

        return null;
    }

    private static Problem? Stall(TaskCondition condition, PipelineView pipeline, DateTimeOffset now, TimeSpan unhealthyAfter)
    {
        if (pipeline.Progress is not { BytesBuffered: > 0 } progress)
            return null;
        var since = Later(Later(condition.Started ?? DateTimeOffset.MinValue, progress.LastAcknowledgement), progress.HoldsSince);
        if (now - since < unhealthyAfter)
            return null;
        // What failed since nothing has been acknowledged is the reason.
        var failure = pipeline.Statistics.LastFailure is { } last && last.At >= since ? last : null;
        var message = $"The destination has acknowledged nothing since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, while records wait for it."
            + (failure is null || progress.LastError is null ? "" : $" Last error: {progress.LastError}");
        return failure is null
            ? Problems.Of(ProblemCause.DestinationStalled, message, since)
            : Problems.Of(failure.Cause, message, since);
    }

    private static DateTimeOffset Later(DateTimeOffset time, DateTimeOffset? other) => other > time ? other.Value : time;
}
