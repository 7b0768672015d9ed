namespace Orleans.Runtime;

/// <summary>Where an activation stands. It only ever goes on to a later one.</summary>
internal enum ActivationState : byte
{
    /// <summary>It is constructed, reads its state and runs OnActivateAsync; requests wait.</summary>
    Activating,

    /// <summary>It takes requests.</summary>
    Valid,

    /// <summary>The requests that run end, then OnDeactivateAsync runs; new requests wait for the next activation.</summary>
    Deactivating,

    /// <summary>It has ended.</summary>
    Invalid,
}
