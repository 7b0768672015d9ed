namespace Exports.Grains.Tests;

/// <summary>A partition, and all that is known of one connector's deliveries from it.</summary>
internal sealed class WorldPartition
{
    /// <summary>The number of records in it.</summary>
    public long End { get; set; }

    /// <summary>All records before this offset have arrived at the destination.</summary>
    public long Delivered { get; set; }

    /// <summary>The highest offset that storage has accepted.</summary>
    public long Persisted { get; set; }

    /// <summary>Deliveries, those of the same record counted each time.</summary>
    public long Deliveries { get; set; }

    /// <summary>The pipeline that reads it.</summary>
    public FakePipeline? Owner { get; set; }
}
