namespace Exports.Grains;

/// <summary>Whether a connector or task does what it should. Connectors may have any of these; tasks are never degraded or stopped.</summary>
[GenerateSerializer]
[Alias("exports.health")]
public enum Health
{
    /// <summary>Delivers, or has nothing to deliver.</summary>
    Healthy,

    /// <summary>About to start.</summary>
    Starting,

    /// <summary>Paused by its operator.</summary>
    Paused,

    /// <summary>Stopped by its operator.</summary>
    Stopped,

    /// <summary>Some of its tasks are unhealthy.</summary>
    Degraded,

    /// <summary>It, or each of its tasks, delivers nothing though there is something to deliver, or keeps failing.</summary>
    Unhealthy,
}
