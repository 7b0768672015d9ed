using Exports.Grains;
using Exports.Silo.Configuration;
using Orleans.Core.Internal;
using Orleans.Runtime.Placement;

namespace Exports.Silo.Engine.Cluster;

/// <summary>
/// Evens out the load of a cluster's workers: moves one task at a time from the one with the highest to the one with the lowest. A task
/// that moves delivers what is on its way, stores its offsets and goes on in the other worker; no other task notices. The worker with
/// the lowest address does it, when no worker has come or gone for an interval.
/// </summary>
internal sealed partial class Balancer(
    IGrainFactory grains, ISiloStatusOracle silos, ILocalSiloDetails local, ClusterConfig cluster, TimeProvider time, ILogger<Balancer> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_moveLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a task stays where it was moved to, unless workers come or go: rates need time to tell of its new place.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromMinutes(5);

    // What was moved, when, and what it did when it had last settled, if it had. Times are timestamps: the machine's clock may jump.
    private readonly Dictionary<(string Connector, int Number), (long At, TaskLoad? Before)> _moved = [];
    private HashSet<SiloAddress> _members = [];
    private long _calmSince;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (cluster.BalanceInterval == TimeSpan.Zero)
            return;
        while (true)
        {
            await Task.Delay(cluster.BalanceInterval, time, stoppingToken);
            try
            {
                while (IsCalm() && await MoveOneAsync(stoppingToken))
                {
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, e);
            }
        }
    }

    /// <summary>Whether this worker is to look after the balance, and no worker has come or gone for a while.</summary>
    private bool IsCalm()
    {
        // One that joins counts once it has: it may end before, and nothing says when.
        var statuses = silos.GetApproximateSiloStatuses(onlyActive: false)
            .Where(silo => silo.Value is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping).ToList();
        var members = statuses.Select(silo => silo.Key).ToHashSet();
        if (!members.SetEquals(_members) || statuses.Any(silo => silo.Value != SiloStatus.Active))
        {
            (_members, _calmSince) = (members, time.GetTimestamp());
            _moved.Clear();
            return false;
        }

        return time.GetElapsedTime(_calmSince) >= cluster.BalanceInterval && members.All(silo => silo.CompareTo(local.SiloAddress) >= 0);
    }

    /// <returns>Whether a task was moved.</returns>
    private async Task<bool> MoveOneAsync(CancellationToken cancellationToken)
    {
        var workers = await Task.WhenAll(_members.Select(async silo => KeyValuePair.Create(
            silo,
            (IReadOnlyList<TaskLoad>)BoardJson.Read<List<TaskLoad>>(
                await grains.GetGrain<IWorkerGrain>(silo.ToParsableString()).ReadTasksAsync().WaitAsync(s_answerLimit, time, cancellationToken)))));
        var loads = BalancePlan.Estimate(workers.ToDictionary(), task => MoveOf(task)?.Before);
        if (BalancePlan.Next(loads, task => MoveOf(task) is not { } move || time.GetElapsedTime(move.At) > s_rest) is not var (task, from, to))
        {
            return false;
        }

        _moved[(task.Connector, task.Number)] = (time.GetTimestamp(), task.IsSettled ? task : MoveOf(task)?.Before);
        Log.Moves(logger, task.Connector, task.Number, from, to);
        var grain = grains.GetGrain<ITaskGrain>($"{task.Connector}/{task.Number}");
        try
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, to);
            await grain.Cast<IGrainManagementExtension>().MigrateOnIdle();
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }

        await RunsAgainAsync(to, task, cancellationToken);
        return true;
    }

    private (long At, TaskLoad? Before)? MoveOf(TaskLoad task)
        => _moved.TryGetValue((task.Connector, task.Number), out var move) ? move : null;

    /// <summary>Waits until a task runs in its new place: the next one moves then, and not before.</summary>
    private async Task RunsAgainAsync(SiloAddress at, TaskLoad task, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < s_moveLimit)
        {
            var there = BoardJson.Read<List<TaskLoad>>(
                await grains.GetGrain<IWorkerGrain>(at.ToParsableString()).ReadTasksAsync().WaitAsync(s_answerLimit, time, cancellationToken));
            if (there.Any(other => other.Connector == task.Connector && other.Number == task.Number))
                return;
            await Task.Delay(s_look, time, cancellationToken);
        }

        Log.Slow(logger, task.Connector, task.Number, at, s_moveLimit);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Task {Connector}-{Task} moves from the worker at {From} to that at {To}, to even out their load.")]
        public static partial void Moves(ILogger logger, string connector, int task, SiloAddress from, SiloAddress to);

        [LoggerMessage(2, LogLevel.Warning, "Task {Connector}-{Task} does not run at {To} {Limit} after it was moved there.")]
        public static partial void Slow(ILogger logger, string connector, int task, SiloAddress to, TimeSpan limit);

        [LoggerMessage(3, LogLevel.Warning, "The load of the workers was not evened out; trying again.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
