using Orleans.Concurrency;

namespace Exports.Silo.Engine.Cluster;

/// <summary>A worker, as the others of its cluster ask it; its key is the address of its silo.</summary>
[Alias("exports.worker")]
internal interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>What it knows of all connectors, without partitions and history, as JSON.</summary>
    [AlwaysInterleave]
    Task<byte[]> ReadAsync();

    /// <summary>All that it knows of a connector, as JSON; null when that is nothing.</summary>
    [AlwaysInterleave]
    Task<byte[]?> FindAsync(string connector);

    /// <summary>The tasks that run in it, with what they do, as JSON.</summary>
    [AlwaysInterleave]
    Task<byte[]> ReadTasksAsync();

    /// <summary>Itself with its load, as JSON.</summary>
    [AlwaysInterleave]
    Task<byte[]> ReadWorkerAsync();

    /// <summary>Sets the level of its loggers of that name and below.</summary>
    /// <returns>Whether there is such a level.</returns>
    [AlwaysInterleave]
    Task<bool> SetLogLevelAsync(string logger, string level);
}
