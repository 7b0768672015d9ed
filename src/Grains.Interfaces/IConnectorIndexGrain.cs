using Orleans.Concurrency;

namespace Exports.Grains;

/// <summary>Knows the names of all connectors. There is one; its key is <see cref="Key"/>.</summary>
[Alias("exports.connector-index")]
public interface IConnectorIndexGrain : IGrainWithStringKey
{
    /// <summary>The key of the one index.</summary>
    const string Key = "connectors";

    /// <summary>Adds a name; harmless when it is there.</summary>
    [AlwaysInterleave]
    Task AddAsync(string connector);

    /// <summary>Removes a name; harmless when it is not there.</summary>
    [AlwaysInterleave]
    Task RemoveAsync(string connector);

    /// <summary>All names, in ordinal order.</summary>
    [AlwaysInterleave]
    Task<List<string>> ListAsync();
}
