using System.Collections.Concurrent;
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

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _gone = new(0);
    private readonly ConcurrentDictionary<SiloAddress, bool> _leaving = new();
    private volatile bool _stopped;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        silos.SubscribeToSiloStatusEvents(this);
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopped = true;
        silos.UnSubscribeFromSiloStatusEvents(this);
        await base.StopAsync(cancellationToken);
    }

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (updatedSilo.Equals(local.SiloAddress))
            return;
        if (status is SiloStatus.Active)
            Log.Joined(logger, updatedSilo);
        if (status is SiloStatus.ShuttingDown or SiloStatus.Stopping && _leaving.TryAdd(updatedSilo, true))
        {
            Log.Leaves(logger, updatedSilo);
            _ = FollowAsync(updatedSilo);
        }

        if (status is not SiloStatus.Dead)
            return;
        if (!_leaving.TryRemove(updatedSilo, out _))
            Log.Gone(logger, updatedSilo);
        _gone.Release();
    }

    /// <summary>Tasks of a worker that leaves end one after the other; whoever asks for one that has ended brings it up elsewhere.</summary>
    private async Task FollowAsync(SiloAddress leaving)
    {
        while (_leaving.ContainsKey(leaving) && silos.GetApproximateSiloStatus(leaving) is SiloStatus.ShuttingDown or SiloStatus.Stopping && !_stopped)
        {
            if (Rank() == 0)
                starter.StartAgain();
            await Task.Delay(s_look, time, CancellationToken.None);
        }
    }

    private int Rank() => silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Count(silo => silo.CompareTo(local.SiloAddress) < 0);

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
            if (Rank() is > 0 and var rank)
                await Task.Delay(s_turn * rank, time, stoppingToken);
            starter.StartAgain();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The worker at {Silo} has joined the cluster.")]
        public static partial void Joined(ILogger logger, SiloAddress silo);

        [LoggerMessage(3, LogLevel.Information, "The worker at {Silo} leaves the cluster; its tasks go on elsewhere as they end there.")]
        public static partial void Leaves(ILogger logger, SiloAddress silo);

        [LoggerMessage(2, LogLevel.Warning, "The worker at {Silo} is gone; its connectors and tasks are brought up elsewhere.")]
        public static partial void Gone(ILogger logger, SiloAddress silo);
    }
}
