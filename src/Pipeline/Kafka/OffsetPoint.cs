namespace Exports.Pipeline;

/// <summary>A point in the partitions of topics.</summary>
public abstract record OffsetPoint
{
    private OffsetPoint()
    {
    }

    /// <summary>The first record that there is.</summary>
    public sealed record Earliest : OffsetPoint;

    /// <summary>The next record that will be written.</summary>
    public sealed record Latest : OffsetPoint;

    /// <summary>What the connector's consumer group has committed.</summary>
    public sealed record Group : OffsetPoint;

    /// <summary>The first record with this timestamp or a later one.</summary>
    /// <param name="Value">The time.</param>
    public sealed record Time(DateTimeOffset Value) : OffsetPoint;
}
