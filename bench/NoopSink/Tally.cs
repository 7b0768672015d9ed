using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Exports.Demo.Latency;

namespace Exports.NoopSink;

/// <summary>
/// What has come to the tasks that share a report, and what it has cost this process from the first batch to the last.
/// Thread-safe.
/// </summary>
internal sealed class Tally(string? file, long expected)
{
    private static readonly ConcurrentDictionary<string, Tally> s_byFile = new();
    private readonly Lock _lock = new();
    private long _records;
    private long _bytes;
    private long _batches;
    private long _started;
    private TimeSpan _cpuBefore;
    private long _allocatedBefore;
    private int _collectionsBefore;

    /// <summary>From the making of records to their coming here.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>How many records have come.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>The tally that reports to a file; without a file one of its own.</summary>
    public static Tally For(string? file, long expected)
        => file is null ? new(null, 0) : s_byFile.GetOrAdd(file, name => new(name, expected));

    /// <summary>Counts a batch. The first starts the clock; the one that completes what is expected writes the report.</summary>
    public void Add(int records, long bytes)
    {
        lock (_lock)
        {
            if (_records == 0)
            {
                _allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
                _collectionsBefore = GC.CollectionCount(0);
                _cpuBefore = Environment.CpuUsage.TotalTime;
                _started = Stopwatch.GetTimestamp();
            }

            var complete = _records < expected;
            _records += records;
            _bytes += bytes;
            _batches++;
            if (file is not null && complete && _records >= expected)
                Report(file);
        }
    }

    private void Report(string to)
    {
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        var cpu = (Environment.CpuUsage.TotalTime - _cpuBefore).TotalSeconds;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - _allocatedBefore;
        var report = new
        {
            Records = _records,
            Bytes = _bytes,
            Batches = _batches,
            Seconds = seconds,
            CpuSeconds = cpu,
            AllocatedBytes = allocated,
            Collections = GC.CollectionCount(0) - _collectionsBefore,
            Latency = Latency.Count == 0
                ? null
                : new
                {
                    Latency.Count,
                    P50 = Latency.Quantile(0.5),
                    P99 = Latency.Quantile(0.99),
                    P999 = Latency.Quantile(0.999),
                    Latency.Max,
                },
        };
        File.WriteAllText(to + ".new", JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
        File.Move(to + ".new", to, overwrite: true);
    }
}
