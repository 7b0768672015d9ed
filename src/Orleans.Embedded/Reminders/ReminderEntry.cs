using Orleans.Runtime;

namespace Orleans;

/// <summary>A stored reminder.</summary>
public sealed class ReminderEntry
{
    public GrainId GrainId { get; set; }

    public string ReminderName { get; set; } = null!;

    /// <summary>When the first tick is due (UTC).</summary>
    public DateTime StartAt { get; set; }

    /// <summary>The time between ticks.</summary>
    public TimeSpan Period { get; set; }

    public string? ETag { get; set; }

    public override string ToString() => $"<{GrainId} {ReminderName} from {StartAt:O} every {Period}, ETag {ETag ?? "none"}>";
}
