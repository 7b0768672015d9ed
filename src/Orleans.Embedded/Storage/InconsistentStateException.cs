using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>
/// State was written with an ETag that is not the stored one: somebody else has changed it. Nothing was written. When it
/// leaves a grain call, the grain's activation is deactivated, and the next one reads what is stored.
/// </summary>
public class InconsistentStateException : OrleansException
{
    public InconsistentStateException(string message)
        : base(message)
    {
    }

    public InconsistentStateException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException = null)
        : base($"{errorMsg} Stored ETag: {storedEtag ?? "none"}; expected: {currentEtag ?? "none"}.", storageException)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    /// <summary>The ETag in storage.</summary>
    public string? StoredEtag { get; }

    /// <summary>The ETag that the writer had.</summary>
    public string? CurrentEtag { get; }

    /// <summary>True until it has deactivated the activation that it comes from, so that it does not deactivate its callers.</summary>
    internal bool IsSourceActivation { get; set; } = true;
}
