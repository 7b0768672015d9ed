using Exports.Grains;

namespace Exports.Silo.Engine.Cluster;

/// <summary>
/// Brings connectors and tasks back at once when a silo is gone, instead of when their reminders or their connectors' supervision
/// next look. The silo with the lowest address does it first; each of the others does the same a moment later, which finds all there.
/// </summary>
internal sealed partial class ClusterWatch(
    ISiloStatusOracle silos, ILocalSiloDetails local, IConnectorStarter starter, TimeProvider time, ILogger<ClusterWatch> logger)
    : BackgroundService, ISiloStatusListener
{
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gone = new(0);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        silos.SubscribeToSiloStatusEvents(this);
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        silos.UnSubscribeFromSiloStatusEvents(this);
        await base.StopAsync(cancellationToken);
    }

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (updatedSilo.Equals(local.SiloAddress))
            return;
        if (status is SiloStatus.Active)
            Log.Joined(logger, updatedSilo);
        if (status is not SiloStatus.Dead)
            return;
        Log.Gone(logger, updatedSilo);
        _gone.Release();
    }

    public override void Dispose()
    {
        _gone.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _gone.WaitAsync(stoppingToken);
            var rank = silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Count(silo => silo.CompareTo(local.SiloAddress) < 0);
            if (rank > 0)
                await Task.Delay(s_turn * rank, time, stoppingToken);
            starter.StartAgain();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The worker at {Silo} has joined the cluster.")]
        public static partial void Joined(ILogger logger, SiloAddress silo);

        [LoggerMessage(2, LogLevel.Warning, "The worker at {Silo} is gone; its connectors and tasks are brought up elsewhere.")]
        public static partial void Gone(ILogger logger, SiloAddress silo);
    }
}
