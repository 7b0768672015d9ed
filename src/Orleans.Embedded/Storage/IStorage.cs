namespace Orleans.Core;

/// <summary>What a grain can do with its stored state.</summary>
public interface IStorage
{
    /// <summary>The version of the state that was last read or written; null when there is none.</summary>
    string? Etag { get; }

    /// <summary>True when the state exists in storage.</summary>
    bool RecordExists { get; }

    /// <summary>Removes the state from storage, and replaces it by a new object in memory.</summary>
    /// <exception cref="Storage.InconsistentStateException">Somebody else has changed it; nothing is removed.</exception>
    Task ClearStateAsync();

    /// <inheritdoc cref="ClearStateAsync()"/>
    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

    /// <summary>Writes the state.</summary>
    /// <exception cref="Storage.InconsistentStateException">Somebody else has changed it; nothing is written.</exception>
    Task WriteStateAsync();

    /// <inheritdoc cref="WriteStateAsync()"/>
    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    /// <summary>Reads the state, and forgets what is in memory.</summary>
    Task ReadStateAsync();

    /// <inheritdoc cref="ReadStateAsync()"/>
    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
}

/// <summary>A grain's stored state.</summary>
public interface IStorage<TState> : IStorage
{
    /// <summary>The state, as it is in memory.</summary>
    TState State { get; set; }
}
