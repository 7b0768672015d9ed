namespace Exports.Connectors.Sdk;

/// <summary>Where a <see cref="KeyQueue"/> is.</summary>
internal enum QueueState
{
    /// <summary>It has no records.</summary>
    Empty,

    /// <summary>It is in the line of those to be sent.</summary>
    Ready,

    /// <summary>It waits for more records of its key.</summary>
    Lingering,

    /// <summary>It waits until its first record may be sent again.</summary>
    BackingOff,

    /// <summary>A record before its first one is being sent.</summary>
    InFlight,
}
