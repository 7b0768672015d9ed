using System.Text.Json.Serialization;
using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Observation;

/// <summary>What a task has done since the worker started, over all its restarts.</summary>
public sealed class TaskTotals
{
    private static readonly int s_causes = Enum.GetValues<ErrorCause>().Length;

#pragma warning disable IDE0044 // JSON from another worker is read into them
    [JsonInclude]
    private long[] _retriesByCause = new long[s_causes];
    [JsonInclude]
    private long[] _latency = new long[LatencyHistogram.Buckets];
#pragma warning restore IDE0044

    /// <summary>Nothing.</summary>
    public static TaskTotals None { get; } = new();

    /// <summary>Records read from Kafka.</summary>
    [JsonInclude]
    public long RecordsRead { get; private init; }

    /// <summary>Bytes of keys and values read from Kafka.</summary>
    [JsonInclude]
    public long BytesRead { get; private init; }

    /// <summary>Records that came out of the transforms and were handed to the sink.</summary>
    [JsonInclude]
    public long RecordsSent { get; private init; }

    /// <summary>Records that the destination has accepted.</summary>
    [JsonInclude]
    public long RecordsDelivered { get; private init; }

    /// <summary>Bytes, as they were read, that the destination has accepted.</summary>
    [JsonInclude]
    public long BytesDelivered { get; private init; }

    /// <summary>Records that were filtered or skipped.</summary>
    [JsonInclude]
    public long RecordsSkipped { get; private init; }

    /// <summary>Records that Kafka had removed before they were read.</summary>
    [JsonInclude]
    public long RecordsMissed { get; private init; }

    /// <summary>Puts and conversions that were tried again.</summary>
    [JsonInclude]
    public long Retries { get; private init; }

    /// <summary>Puts that have ended.</summary>
    [JsonInclude]
    public long Puts { get; private init; }

    /// <summary>How long they took, in seconds.</summary>
    [JsonInclude]
    public double PutSeconds { get; private init; }

    /// <summary>What went wrong, as Kafka Connect counts it; the time of the last error with it.</summary>
    [JsonInclude]
    public ErrorCounts Errors { get; private init; } = new(0, 0, 0, 0, 0, 0, 0, null);

    /// <summary>The sum of all latencies in milliseconds.</summary>
    [JsonInclude]
    public long LatencySumMs { get; private init; }

    /// <summary>The records of each bucket of <see cref="LatencyHistogram"/>, not cumulated.</summary>
    [JsonIgnore]
    public ReadOnlySpan<long> Latency => _latency;

    /// <summary>How often something was tried again because of a cause.</summary>
    public long RetriesBecauseOf(ErrorCause cause) => _retriesByCause[(int)cause];

    /// <summary>These, and what a pipeline has done so far.</summary>
    internal TaskTotals Plus(PipelineView pipeline)
    {
        var (progress, statistics, _) = pipeline;
        var errors = progress.Errors;
        var sum = new TaskTotals
        {
            RecordsRead = RecordsRead + progress.RecordsRead,
            BytesRead = BytesRead + progress.BytesRead,
            RecordsSent = RecordsSent + statistics.RecordsSent,
            RecordsDelivered = RecordsDelivered + progress.RecordsDelivered,
            BytesDelivered = BytesDelivered + statistics.BytesDelivered,
            RecordsSkipped = RecordsSkipped + progress.RecordsSkipped,
            RecordsMissed = RecordsMissed + statistics.RecordsMissed,
            Retries = Retries + progress.Retries,
            Puts = Puts + statistics.Puts,
            PutSeconds = PutSeconds + statistics.PutSeconds,
            LatencySumMs = LatencySumMs + statistics.Latency.SumMs,
            Errors = errors is null ? Errors : new(
                Errors.RecordFailures + errors.RecordFailures,
                Errors.Retries + errors.Retries,
                Errors.RecordErrors + errors.RecordErrors,
                Errors.RecordsSkipped + errors.RecordsSkipped,
                Errors.ErrorsLogged + errors.ErrorsLogged,
                Errors.DeadLetterRequests + errors.DeadLetterRequests,
                Errors.DeadLetterFailures + errors.DeadLetterFailures,
                errors.LastError ?? Errors.LastError),
        };
        statistics.Latency.Read(sum._latency);
        for (var i = 0; i < _latency.Length; i++)
            sum._latency[i] += _latency[i];
        for (var i = 0; i < s_causes; i++)
            sum._retriesByCause[i] = _retriesByCause[i] + statistics.Retries((ErrorCause)i);
        return sum;
    }
}
