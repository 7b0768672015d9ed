using System.Diagnostics;

namespace Exports.Pipeline;

/// <summary>
/// Traces of what is handed to sinks: a span a put, from the call until the destination has acknowledged it or it has failed. A
/// put that is tried again is another span, with a higher attempt. Without a listener none is made.
/// </summary>
public static class PutSpans
{
    /// <summary>The name of the activity source.</summary>
    public const string SourceName = "Exports";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Begins the span of a put; null when nobody listens or it is not sampled. It does not become the current one.</summary>
    internal static Activity? Begin(TaskPipelineSpec spec, PutBatch put)
    {
        if (!s_source.HasListeners())
            return null;
        // A root: what is current here is at most the request that once started the task. And the sink must not find it current, or
        // HttpClient would tell our traces to destinations, which are our customers'.
        Activity.Current = null;
        var span = s_source.StartActivity("put", ActivityKind.Producer);
        Activity.Current = null;
        if (span is not { IsAllDataRequested: true } || put.Parts.IsEmpty)
            return span;
        ref readonly var first = ref put.Parts[0];
        var partition = first.Segment.Batch.Partition.Id;
        span.SetTag("exports.connector", spec.Connector);
        span.SetTag("exports.task", spec.Task);
        span.SetTag("exports.attempt", put.Failures + 1);
        span.SetTag("exports.bytes", put.Bytes);
        span.SetTag("messaging.batch.message_count", put.RecordCount);
        span.SetTag("messaging.kafka.topic", partition.Topic);
        span.SetTag("messaging.kafka.partition", partition.Partition);
        span.SetTag("messaging.kafka.offset", first.Segment.Batch.Entries[first.Segment.First].Offset);
        return span;
    }

    /// <summary>Ends a span.</summary>
    /// <param name="span">The span; null for none.</param>
    /// <param name="error">Why the put failed, of which only type and cause are told, since messages may hold secrets; null when it did not.</param>
    internal static void End(Activity? span, Exception? error)
    {
        if (span is null)
            return;
        if (error is not null)
        {
            span.SetStatus(ActivityStatusCode.Error, ErrorCauses.Of(error).ToString());
            span.SetTag("error.type", error.GetType().FullName);
        }

        span.Dispose();
    }
}
