namespace Exports.Observation;

/// <summary>How far metrics go into detail (<c>metrics.detail</c>): the number of time series follows from it. Each includes those before.</summary>
public enum MetricsDetail
{
    /// <summary>The worker alone.</summary>
    Worker,

    /// <summary>Each connector.</summary>
    Connector,

    /// <summary>Each task.</summary>
    Task,

    /// <summary>Each partition of each task.</summary>
    Partition,
}
