using System.Globalization;
using Exports.Demo.Destinations;
using Exports.Demo.Events;

namespace Exports.Demo.Run;

/// <summary>One line a second: what came in, what went out, what waits, how long it took.</summary>
internal sealed class LiveLine(TopicFeed feed, FileDestination file, TopicDestination topic, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private long _last = time.GetTimestamp();
    private long _in = feed.Next;
    private long _file = file.Arrived;
    private long _topic = topic.Arrived;

    /// <summary>The line for the time since the last one.</summary>
    public string Next()
    {
        var now = time.GetTimestamp();
        var seconds = time.GetElapsedTime(_last, now).TotalSeconds;
        var latency = topic.TakeRecentLatency();
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{time.GetElapsedTime(_started, now).TotalSeconds,5:F0} s   in {Rate(ref _in, feed.Next),7}/s   "
            + $"file {Rate(ref _file, file.Arrived),7}/s, {file.Backlog.Count,3} behind   "
            + $"topic {Rate(ref _topic, topic.Arrived),7}/s, {topic.Backlog.Count,3} behind   "
            + $"latency p50 {Milliseconds(latency.Quantile(0.5)),5} ms, p99 {Milliseconds(latency.Quantile(0.99)),5} ms");
        _last = now;
        return line;

        string Rate(ref long before, long after)
        {
            var rate = (after - before) / seconds;
            before = after;
            return rate.ToString("N0", CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Microseconds as milliseconds.</summary>
    public static string Milliseconds(long micros) => (micros / 1000.0).ToString("F1", CultureInfo.InvariantCulture);
}
