using System.Diagnostics.Metrics;

namespace Exports.Observation;

/// <summary>A metric, with all the time series that have its name.</summary>
/// <param name="Name">The name, as Prometheus has it.</param>
/// <param name="Kind">What kind of number it is.</param>
/// <param name="Help">What it tells, in a sentence.</param>
/// <param name="Detail">From which detail on it is served.</param>
/// <param name="Read">Reads its values. Of a histogram, the buckets (labelled <c>le</c>, cumulated), and sum and count by <see cref="ReadTotals"/>.</param>
public sealed record MetricFamily(
    string Name, MetricKind Kind, string Help, MetricsDetail Detail, Func<MetricsSnapshot, IEnumerable<Measurement<double>>> Read)
{
    /// <summary>Of a histogram: the sum and the count of each series, without <c>le</c>; null for other kinds.</summary>
    public Func<MetricsSnapshot, IEnumerable<(Measurement<double> Sum, Measurement<double> Count)>>? ReadTotals { get; init; }
}
