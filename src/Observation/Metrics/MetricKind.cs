namespace Exports.Observation;

/// <summary>What kind of number a metric is.</summary>
public enum MetricKind
{
    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Only rises, but for a restart of the worker.</summary>
    Counter,

    /// <summary>Counts of values by size: buckets, sum and count.</summary>
    Histogram,
}
