namespace Exports.Silo.Engine.Cluster;

/// <summary>Which workers of the cluster know what this process does not.</summary>
internal interface IWorkersToAsk
{
    /// <summary>The silos of those that run.</summary>
    Task<IReadOnlyCollection<SiloAddress>> FindAsync();
}

/// <summary>For a worker: all but itself, as it sees the cluster.</summary>
internal sealed class WorkersBeside(ISiloStatusOracle silos, ILocalSiloDetails local) : IWorkersToAsk
{
    public Task<IReadOnlyCollection<SiloAddress>> FindAsync()
        => Task.FromResult<IReadOnlyCollection<SiloAddress>>(
            [.. silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(local.SiloAddress))]);
}

/// <summary>For a process without connectors: all, as one of them sees the cluster.</summary>
internal sealed class WorkersBehind(IGrainFactory grains) : IWorkersToAsk
{
    public async Task<IReadOnlyCollection<SiloAddress>> FindAsync()
        => (await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true)).Keys;
}
