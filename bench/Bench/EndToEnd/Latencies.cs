using Exports.Demo.Latency;

namespace Exports.Bench.EndToEnd;

/// <summary>Quantiles of a latency, in microseconds.</summary>
internal sealed record Latencies(long Count, long P50, long P99, long P999, long Max)
{
    public static Latencies Of(LatencyHistogram histogram)
        => new(histogram.Count, histogram.Quantile(0.5), histogram.Quantile(0.99), histogram.Quantile(0.999), histogram.Max);
}
