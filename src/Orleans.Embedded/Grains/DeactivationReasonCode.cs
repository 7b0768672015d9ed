namespace Orleans;

/// <summary>Why an activation ends.</summary>
public enum DeactivationReasonCode : byte
{
    None = 0,

    /// <summary>The silo is stopping.</summary>
    ShuttingDown = 1,

    /// <summary>The grain could not be constructed, loaded or activated.</summary>
    ActivationFailed = 2,

    /// <summary>Nothing was asked of it for the collection age.</summary>
    ActivationIdle = 4,

    /// <summary>The grain let an error escape after which it cannot go on.</summary>
    ApplicationError = 8,

    /// <summary>The grain asked for it.</summary>
    ApplicationRequested = 9,
}
