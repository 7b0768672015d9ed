using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>How a grain timer ticks.</summary>
public readonly struct GrainTimerCreationOptions
{
    public GrainTimerCreationOptions()
    {
    }

    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>The time to the first tick; <see cref="Timeout.InfiniteTimeSpan"/> for none.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>The time from the end of a tick to the next; <see cref="Timeout.InfiniteTimeSpan"/> for none.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Ticks may run while a request of the grain waits for something. Default: false, a tick is like a request.</summary>
    public bool Interleave { get; init; }

    /// <summary>A tick counts as activity, so that the activation does not become idle. Default: false.</summary>
    public bool KeepAlive { get; init; }
}
