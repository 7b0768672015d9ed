namespace Orleans.Runtime;

/// <summary>A tick of a reminder.</summary>
/// <param name="firstTickTime">When the first tick was due (UTC).</param>
/// <param name="period">The time between ticks.</param>
/// <param name="timeStamp">When this tick was sent (UTC).</param>
[GenerateSerializer]
[Immutable]
public readonly struct TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
{
    [Id(0)]
    public DateTime FirstTickTime { get; } = firstTickTime;

    [Id(1)]
    public TimeSpan Period { get; } = period;

    [Id(2)]
    public DateTime CurrentTickTime { get; } = timeStamp;

    public override string ToString() => $"<{FirstTickTime:O}, {Period}, {CurrentTickTime:O}>";
}
