namespace Exports.Pipeline;

/// <summary>What has gone wrong in a task since it started: Kafka Connect's <c>task-error-metrics</c>.</summary>
/// <param name="RecordFailures">Operations on records that failed, those that were tried again included (<c>total-record-failures</c>).</param>
/// <param name="Retries">Operations that were tried again (<c>total-retries</c>).</param>
/// <param name="RecordErrors">Records that failed for good (<c>total-record-errors</c>).</param>
/// <param name="RecordsSkipped">Those of them that were tolerated (<c>total-records-skipped</c>).</param>
/// <param name="ErrorsLogged">Failed records that were logged (<c>total-errors-logged</c>).</param>
/// <param name="DeadLetterRequests">Records handed to the dead letter queue (<c>deadletterqueue-produce-requests</c>).</param>
/// <param name="DeadLetterFailures">Those of them that it did not take (<c>deadletterqueue-produce-failures</c>).</param>
/// <param name="LastError">When something last failed (<c>last-error-timestamp</c>); null when nothing has.</param>
public sealed record ErrorCounts(
    long RecordFailures,
    long Retries,
    long RecordErrors,
    long RecordsSkipped,
    long ErrorsLogged,
    long DeadLetterRequests,
    long DeadLetterFailures,
    DateTimeOffset? LastError);
