using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Sdk;

/// <summary>
/// Says that records are sent again: the first time, and then at most every ten seconds, because a destination that
/// throttles may refuse thousands a second. Guarded by the delivery's lock.
/// </summary>
internal sealed partial class RetryLog(SinkTaskContext context)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    private long? _saidAt;
    private long _unsaid;

    /// <summary>A record was not accepted and will be sent again.</summary>
    public void Failed(Exception error, int failures, TimeSpan delay)
    {
        _unsaid++;
        context.OnRetry(error);
        if (_saidAt is { } at && context.Time.GetElapsedTime(at) < s_interval)
            return;
        _saidAt = context.Time.GetTimestamp();
        Log.Retrying(context.Logger, _unsaid, failures, (long)delay.TotalMilliseconds, error.Message);
        _unsaid = 0;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The destination did not accept records; they are sent again ({Attempts} failed attempts since this was last said; this record has "
            + "failed {Failures} times and is sent again in {DelayMs} ms): {Error}")]
        public static partial void Retrying(ILogger logger, long attempts, int failures, long delayMs, string error);
    }
}
