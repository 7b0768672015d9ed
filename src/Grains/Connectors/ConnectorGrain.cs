using Exports.Observation;
using Exports.Pipeline;
using Microsoft.Extensions.Logging;

namespace Exports.Grains;

/// <summary>
/// A connector. Its calls store what is wanted and answer; a background attempt (<see cref="ConnectorReconciler"/>) then brings
/// the tasks there. Attempts follow every call that changes something, every supervision interval, and every failed attempt.
/// </summary>
[GrainType("exports.connector")]
internal sealed class ConnectorGrain(
    [PersistentState("connector", GrainStorage.Name)] IPersistentState<ConnectorGrainState> storage,
    ITopicCatalog catalog,
    IConnectorOffsets connectorOffsets,
    ConnectorConfigReader configs,
    WorkerBoard board,
    GrainOptions options,
    TimeProvider time,
    ILogger<ConnectorGrain> logger) : Grain, IConnectorGrain, IRemindable
{
    private const string ReminderName = "ensure-running";

    private StateCell<ConnectorGrainState> _state = null!;
    private TaskFleet _tasks = null!;
    private ConnectorReconciler _reconciler = null!;
    private OffsetAlteration _offsets = null!;
    private BackgroundWork _work = null!;
    private IGrainTimer? _supervision;
    private bool _hasStarted;

    private string Name => this.GetPrimaryKeyString();

    private bool Exists => _state.Value is { Config: not null, IsDeleting: false };

    private IConnectorIndexGrain Index => GrainFactory.GetGrain<IConnectorIndexGrain>(IConnectorIndexGrain.Key);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _state = new(storage, DeactivateOnIdle);
        _tasks = new(Name, GrainFactory, time);
        _reconciler = new(Name, _state, _tasks, catalog, configs, options, time, logger);
        _offsets = new(Name, connectorOffsets, time, logger);
        _work = new(AttemptAsync, new(options.RetryDelay, options.RetryDelayMax), time);
        if (_state.Value.Config is not null)
        {
            board.ConnectorStarts.Attempt();
            Publish();
            Supervise();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        try
        {
            await _work.StopAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Time is up. The attempt goes on without harm: it writes nothing that the next activation does not notice.
        }
        finally
        {
            _work.Dispose();
            board.Find(Name)?.Publish(null);
        }
    }

    /// <inheritdoc/>
    public async Task<CreateResult> CreateAsync(
        Dictionary<string, string> config, TargetState initialState, List<OffsetChange>? initialOffsets)
    {
        if (_state.Value.IsDeleting)
            await _work.RequestAsync(interrupt: true);
        if (Exists)
            return new(null, null);
        AlterOffsetsResult? altered = null;
        List<HandoverOffset> handover = [];
        if (initialOffsets is not null)
        {
            (altered, var left) = await _offsets.RunAsync(Named(config), initialOffsets, replacesAll: true);
            if (altered.Outcome is not (AlterOffsetsOutcome.Altered or AlterOffsetsOutcome.AlteredHere))
                return new(null, altered);
            handover = Handover.Alter([], initialOffsets, replacesAll: true, left, _state.Value.Epoch);
        }

        // Index and reminder come first: a crash in between leaves entries that clear themselves away, not a connector that nobody starts.
        await Index.AddAsync(Name);
        await this.RegisterOrUpdateReminder(ReminderName, options.ReminderPeriod, options.ReminderPeriod);
        await _state.UpdateAsync(state => state with
        {
            Config = Named(config),
            Target = initialState,
            Handover = handover,
            Revision = state.Revision + 1,
        });
        board.ConnectorStarts.Attempt();
        Supervise();
        Changed("CREATE");
        return new(GetInfo(), altered);
    }

    /// <inheritdoc/>
    public async Task<PutConfigResult> PutConfigAsync(Dictionary<string, string> config)
    {
        if (!Exists)
            return new(true, (await CreateAsync(config, TargetState.Running, initialOffsets: null)).Info!);
        var named = Named(config);
        if (!ConnectorConfigs.AreEqual(named, _state.Value.Config!))
        {
            await _state.UpdateAsync(state => state with { Config = named, Revision = state.Revision + 1 });
            Changed("CONFIGURE");
        }

        return new(false, GetInfo()!);
    }

    /// <inheritdoc/>
    public async Task<ReplaceConfigResult?> ReplaceConfigAsync(Dictionary<string, string> read, Dictionary<string, string> config)
    {
        if (!Exists)
            return null;
        return ConnectorConfigs.AreEqual(read, _state.Value.Config!)
            ? new(true, (await PutConfigAsync(config)).Info)
            : new(false, GetInfo()!);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync()
    {
        if (_state.Value.Config is null)
            return false;
        if (!_state.Value.IsDeleting)
            await _state.UpdateAsync(state => state with { IsDeleting = true, Revision = state.Revision + 1 });
        await _work.RequestAsync(interrupt: true);
        return true;
    }

    /// <inheritdoc/>
    public Task<ConnectorInfo?> GetInfoAsync() => Task.FromResult(GetInfo());

    /// <inheritdoc/>
    public async Task<ConnectorStatus?> GetStatusAsync()
    {
        if (!Exists)
            return null;
        var run = Run();
        var tasks = await _tasks.GetStatusAsync(TaskCount, options.WorkerId);
        // A connector that runs has its plan, and notices nothing of a Kafka that is gone; whoever looks at it should.
        var problem = _reconciler.Problem
            ?? (run == RunState.Running && catalog.LastError is { } error
                ? new Problem(ProblemCause.KafkaUnavailable, error, time.GetUtcNow())
                : null);
        return new(Name, run, options.WorkerId, problem?.Message, tasks)
        {
            Problem = problem,
            Health = ConnectorHealth.Of(run, _state.Value.Target, _reconciler.Problem, tasks.Select(task => task.Health)),
            ConnectorClass = _state.Value.Config?.GetValueOrDefault("connector.class"),
            ConnectorPluginVersion = _state.Value.Config?.GetValueOrDefault("connector.plugin.version"),
        };
    }

    /// <inheritdoc/>
    public async Task<bool> SetTargetStateAsync(TargetState target)
    {
        if (!Exists)
            return false;
        if (_state.Value.Target != target)
        {
            await _state.UpdateAsync(state => state with { Target = target, Revision = state.Revision + 1 });
            Changed(target switch { TargetState.Running => "RESUME", TargetState.Paused => "PAUSE", _ => "STOP" });
        }

        if (target == TargetState.Stopped)
            await _work.RequestAsync(interrupt: true);
        return true;
    }

    /// <inheritdoc/>
    public async Task<ConnectorStatus?> RestartAsync(bool includeTasks, bool onlyFailed)
    {
        if (await GetStatusAsync() is not { } status)
            return null;
        var restartsConnector = status.State != RunState.Stopped && (!onlyFailed || status.State == RunState.Failed);
        if (restartsConnector)
            Changed("RESTART");
        var restarting = status.Tasks.Where(task => includeTasks && (!onlyFailed || task.State == RunState.Failed)).ToList();
        foreach (var task in restarting)
            board.Connector(Name).Asked("RESTART", task.Number);
        await Task.WhenAll(restarting.Select(task => _tasks[task.Number].RestartAsync()));
        return status with
        {
            State = restartsConnector ? RunState.Restarting : status.State,
            Tasks = [.. status.Tasks.Select(task => restarting.Contains(task) ? task with { State = RunState.Restarting, Trace = null } : task)],
        };
    }

    /// <inheritdoc/>
    public async Task<RestartTaskResult> RestartTaskAsync(int task)
    {
        if (!Exists)
            return RestartTaskResult.UnknownConnector;
        if (task < 0 || task >= TaskCount)
            return RestartTaskResult.UnknownTask;
        board.Connector(Name).Asked("RESTART", task);
        await _tasks[task].RestartAsync();
        return RestartTaskResult.Restarting;
    }

    /// <inheritdoc/>
    public async Task<KnownOffsets?> GetOffsetsAsync()
    {
        if (!Exists)
            return null;
        var (plan, handover, config) = (_state.Value.Plan?.Tasks ?? [], _state.Value.Handover, _state.Value.Config!);
        var known = Handover.Overlay(handover, plan, await _tasks.GetOffsetsAsync(plan.Count));
        if (plan.Count > 0)
            return new(known);
        var (group, problem) = await _offsets.ReadGroupAsync(config);
        var entries = handover.Select(entry => entry.Ref()).ToHashSet();
        return new(
            [.. known.Concat(group.Where(offset => !entries.Contains(offset.Ref()))).OrderBy(offset => offset.Ref(), PartitionOrder.Instance)],
            problem);
    }

    /// <inheritdoc/>
    public async Task<AlterOffsetsResult> AlterOffsetsAsync(List<OffsetChange>? changes)
    {
        if (!Exists)
            return new(AlterOffsetsOutcome.UnknownConnector);
        if (_state.Value.Target != TargetState.Stopped)
            return new(AlterOffsetsOutcome.NotStopped);
        if (!HasStopped)
        {
            try
            {
                await _work.RequestAsync(interrupt: true);
            }
            catch (Exception exception)
            {
                return new(AlterOffsetsOutcome.StillActive, exception.Message);
            }
        }

        if (!HasStopped)
            return new(AlterOffsetsOutcome.StillActive, "Its tasks have not stopped.");
        var wanted = changes ?? [.. _state.Value.Handover.Select(entry => new OffsetChange(entry.Topic, entry.Partition, null))];
        var (result, left) = await _offsets.RunAsync(_state.Value.Config!, wanted, replacesAll: changes is null);
        if (result.Outcome is AlterOffsetsOutcome.Altered or AlterOffsetsOutcome.AlteredHere)
        {
            board.Connector(Name).Asked(changes is null ? "RESET_OFFSETS" : "CHANGE_OFFSETS");
            await _state.UpdateAsync(state => state with
            {
                Handover = Handover.Alter(state.Handover, wanted, replacesAll: changes is null, left, state.Epoch),
            });
        }

        return result;
    }

    /// <inheritdoc/>
    public async Task<List<string>> GetTopicsAsync()
        => Exists ? [.. _state.Value.Topics.Union(await _tasks.GetTopicsAsync(TaskCount)).Order(StringComparer.Ordinal)] : [];

    /// <inheritdoc/>
    public async Task ResetTopicsAsync()
    {
        if (!Exists)
            return;
        await _tasks.ResetTopicsAsync(TaskCount);
        await _state.UpdateAsync(static state => state.Topics.Count == 0 ? state : state with { Topics = [] });
    }

    /// <inheritdoc/>
    public async Task EnsureRunningAsync()
    {
        if (_state.Value.Config is null)
            await VanishAsync();
        else
            await _work.RequestAsync(interrupt: false);
    }

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status)
        // It is for connectors that have lost their activation; one that supervises itself is there.
        => _supervision is null ? EnsureRunningAsync() : Task.CompletedTask;

    /// <summary>Whether the plan says what is wanted, and it is that there are no tasks, and there are none.</summary>
    private bool HasStopped
        => _state.Value is { Plan: { Tasks.Count: 0 } plan, Retiring.Count: 0 } state && plan.Revision == state.Revision;

    private int TaskCount => _state.Value.Plan?.Tasks.Count ?? 0;

    private RunState Run() => _state.Value switch
    {
        { Target: TargetState.Stopped } => RunState.Stopped,
        _ when _reconciler.IsFailed => RunState.Failed,
        { Target: TargetState.Paused } => RunState.Paused,
        { Plan: null } => RunState.Unassigned,
        _ when _reconciler.WaitsForKafka => RunState.Unassigned,
        _ => RunState.Running,
    };

    /// <summary>Tells the worker's board what the connector is doing.</summary>
    private void Publish()
    {
        if (Exists)
        {
            board.Connector(Name).Publish(new(
                Run(), _state.Value.Target, options.WorkerId, _state.Value.Config!.GetValueOrDefault("connector.class"),
                _state.Value.Config!.GetValueOrDefault("connector.plugin.version"), TaskCount, _reconciler.Problem)
            {
                TaskHealth = _tasks.Health,
            });
        }
    }

    private ConnectorInfo? GetInfo()
        => Exists ? new(Name, new(_state.Value.Config!), [.. Enumerable.Range(0, TaskCount)]) : null;

    private Dictionary<string, string> Named(Dictionary<string, string> config) => new(config) { ["name"] = Name };

    /// <summary>Has an attempt made for what has just been stored.</summary>
    /// <param name="action">What was asked for, for the history.</param>
    private void Changed(string action)
    {
        board.Connector(Name).Asked(action);
        Publish();
        _reconciler.WantFreshTopics();
        _ = _work.RequestAsync(interrupt: true);
    }

    /// <summary>Keeps the activation alive, and looks after the tasks; connectors take turns within the interval.</summary>
    private void Supervise()
    {
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _supervision ??= this.RegisterGrainTimer(
            () =>
            {
                _supervision?.Change(Beat.Align(options.SupervisionInterval, time), options.SupervisionInterval);
                _ = _work.RequestAsync(interrupt: false);
                return Task.CompletedTask;
            },
            new(Beat.Align(options.SupervisionInterval * Random.Shared.NextDouble(), time), options.SupervisionInterval) { Interleave = true });
    }

    private async Task AttemptAsync(CancellationToken interrupt)
    {
        if (_state.IsFenced)
            return;
        var isDeleting = _state.Value.IsDeleting;
        try
        {
            await _reconciler.ReconcileAsync(interrupt);
        }
        finally
        {
            NoteStart();
            Publish();
        }

        if (!isDeleting)
            return;

        // The state goes last but for the reminder: whatever comes in between, the deletion is taken up again.
        await Index.RemoveAsync(Name);
        await _state.ClearAsync();
        board.Remove(Name);
        _supervision?.Dispose();
        _supervision = null;
        await VanishAsync();
    }

    /// <summary>Counts how the first attempt of this activation went.</summary>
    private void NoteStart()
    {
        if (_hasStarted || _reconciler.WaitsForKafka)
            return;
        _hasStarted = true;
        board.ConnectorStarts.End(succeeded: !_reconciler.IsFailed);
    }

    /// <summary>Clears away what is left of a connector that does not exist.</summary>
    private async Task VanishAsync()
    {
        await Index.RemoveAsync(Name);
        if (await this.GetReminder(ReminderName) is { } reminder)
            await this.UnregisterReminder(reminder);
        DelayDeactivation(TimeSpan.Zero);
    }
}
