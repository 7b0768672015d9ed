using Exports.Connectors.Sdk;
using Exports.Observation;
using Exports.Pipeline;
using Microsoft.Extensions.Logging;

namespace Exports.Grains;

/// <summary>
/// Brings a connector's tasks to what its operators want. Every attempt starts from the stored state and may be broken off,
/// repeated, or left half done by a crash at any step: no offset is lost, and no partition has two tasks. Tasks that lose
/// partitions give them up first; then one write stores the plan together with their offsets; then tasks take over the plan.
/// </summary>
internal sealed partial class ConnectorReconciler(
    string connector,
    StateCell<ConnectorGrainState> state,
    TaskFleet tasks,
    ITopicCatalog catalog,
    ConnectorConfigReader configs,
    GrainOptions options,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan s_readTopics = TimeSpan.FromSeconds(30);

    private readonly MissingPartitions _missing = new(options.MissingPartitionAge, time);
    private (TopicSnapshot? Topics, ConnectorPlan? Plan) _planned;
    private bool _wantsFreshTopics = true;
    private Problem? _problem;
    private Problem? _failure;

    /// <summary>What keeps the connector from being planned as it is wanted, or what it waits for; null for nothing.</summary>
    public Problem? Problem => _failure ?? _problem;

    /// <summary>Whether the configuration cannot be planned.</summary>
    public bool IsFailed { get; private set; }

    /// <summary>Whether there is nothing to plan with, because Kafka has not answered yet.</summary>
    public bool WaitsForKafka { get; private set; }

    /// <summary>Lets the next attempt ask Kafka for its topics rather than trust what was read before.</summary>
    public void WantFreshTopics() => (_wantsFreshTopics, _planned) = (true, default);

    /// <summary>One attempt. Deletes the tasks of a connector that is to be deleted, and leaves the rest of it to the grain.</summary>
    /// <exception cref="OperationCanceledException">Broken off while it waited for Kafka.</exception>
    public async Task ReconcileAsync(CancellationToken interrupt)
    {
        try
        {
            await ReconcileAsync(state.Value, interrupt);
            _failure = null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            if (_failure?.Message != exception.Message)
                Log.Failed(logger, connector, exception);
            _failure = Problems.Of(exception, _failure?.Since ?? time.GetUtcNow());
            throw;
        }
    }

    private async Task ReconcileAsync(ConnectorGrainState current, CancellationToken interrupt)
    {
        if (current.Config is null)
            return;
        if (current.IsDeleting)
        {
            await tasks.DeleteAsync(Enumerable.Range(0, current.Plan?.Tasks.Count ?? 0).Union(current.Retiring), long.MaxValue);
            return;
        }

        if (current.Target == TargetState.Stopped)
        {
            Report(default, null);
            await ApplyAsync(new(current.Revision, current.Target, ConnectorConfigs.ChosenGroup(current.Config), []), []);
            return;
        }

        if (current.Plan is { } plan && plan.Revision == current.Revision && !_missing.Any && _planned == (catalog.Current, plan))
            await ApplyAsync(plan, []);
        else
            await PlanAsync(current, interrupt);
    }

    private async Task PlanAsync(ConnectorGrainState current, CancellationToken interrupt)
    {
        ConnectorConfig config;
        try
        {
            config = configs.Read(current.Config!);
        }
        catch (ConfigException exception)
        {
            Report(ProblemCause.Configuration, exception.Message, isFailure: true);
            return;
        }

        var planned = current.Plan?.Tasks ?? [];
        var held = planned.SelectMany(partitions => partitions).ToList();
        var (topics, problem) = await ReadTopicsAsync(config, held.Count > 0, interrupt);
        if (topics is null && held.Count == 0)
        {
            Report(ProblemCause.KafkaUnavailable, problem, waitsForKafka: true);
            return;
        }

        var subscription = Subscription.Resolve(config, held, topics, _missing);
        if (problem is null && subscription.MissingTopics.Count > 0)
            Report(ProblemCause.TopicMissing, $"Waiting for topics that do not exist: {string.Join(", ", subscription.MissingTopics)}.");
        else
            Report(ProblemCause.KafkaUnavailable, problem);
        var next = Planner.Plan(planned, subscription.Partitions, config.TasksMax);
        await ApplyAsync(new(current.Revision, current.Target, ConnectorConfigs.ChosenGroup(current.Config!), next), subscription.GivenUp);
        _planned = (topics, state.Value.Plan);
    }

    /// <summary>The topics as they are known, null when they are not; and why they could not be read just now.</summary>
    private async Task<(TopicSnapshot? Topics, string? Problem)> ReadTopicsAsync(
        ConnectorConfig config, bool hasPartitions, CancellationToken interrupt)
    {
        var known = catalog.Current;
        var isEnough = known is null
            ? hasPartitions
            : !_wantsFreshTopics || (config.Topics.Count > 0 && config.Topics.All(known.Partitions.ContainsKey));
        if (isEnough)
        {
            // What tasks hold does not wait for Kafka; the answer is looked at in the next round.
            if (known is null)
                _ = OffGrain.RunAsync(catalog.RefreshAsync, s_readTopics, time, CancellationToken.None).ContinueWith(
                    static read => read.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return (known, null);
        }

        try
        {
            known = await OffGrain.RunAsync(catalog.RefreshAsync, s_readTopics, time, interrupt);
            _wantsFreshTopics = false;
            return (known, null);
        }
        catch (Exception exception) when (exception is RetriableException or TimeoutException)
        {
            return (known, $"Waiting for Kafka: {exception.Message}");
        }
    }

    private async Task ApplyAsync(ConnectorPlan next, IReadOnlyList<PartitionRef> givenUp)
    {
        var isPlanned = state.Value.Plan is { } plan && plan.Revision == next.Revision && plan.HasSameTasks(next.Tasks);
        var isTaken = isPlanned && await EnsureAsync(state.Value);
        while (!isTaken)
            isTaken = await ChangeAsync(state.Value, next, givenUp);

        var retiring = state.Value.Retiring;
        if (retiring.Count == 0)
            return;
        await tasks.DeleteAsync(retiring, state.Value.Epoch);
        await state.UpdateAsync(stored => stored with { Retiring = [] });
    }

    /// <summary>Sees to it that every task has taken over the plan as it is stored.</summary>
    /// <returns>False when a task has heard of a later plan, one that was never stored: it takes a plan with a higher epoch.</returns>
    private async Task<bool> EnsureAsync(ConnectorGrainState current)
        => await tasks.FindLaggardsAsync(current.Epoch, current.Plan!.Tasks.Count) is { } laggards
            && await AssignAsync(current, laggards);

    /// <summary>Goes over to another plan.</summary>
    /// <returns>False when a task has heard of a later plan.</returns>
    private async Task<bool> ChangeAsync(ConnectorGrainState current, ConnectorPlan next, IReadOnlyList<PartitionRef> givenUp)
    {
        if (current.Revision != next.Revision)
            return true; // Somebody wants something else by now, and has asked for an attempt of his own.
        var before = current.Plan?.Tasks ?? [];
        var epoch = Math.Max(current.Epoch, tasks.Heard) + 1;
        var losing = before.Index().ToDictionary(
            task => task.Index, task => task.Index < next.Tasks.Count ? task.Item.Except(next.Tasks[task.Index]).ToList() : null);
        var released = await tasks.ReleaseAsync(epoch, losing.Where(task => task.Value is not { Count: 0 }).ToDictionary());
        if (released is null)
            return false;

        await state.UpdateAsync(stored => stored with
        {
            Epoch = epoch,
            Plan = next,
            Handover = (current.Plan?.Group ?? next.Group) != next.Group
                ? []
                : Handover.Next(stored.Handover, before, next.Tasks, epoch, released, tasks.Taken, givenUp),
            Topics = [.. stored.Topics.Union(released.Values.SelectMany(result => result.Topics)).Order(StringComparer.Ordinal)],
            Retiring = [.. stored.Retiring.Union(Enumerable.Range(0, before.Count)).Where(task => task >= next.Tasks.Count).Order()],
        });
        Log.Planned(logger, connector, epoch, next.Tasks.Count, next.Tasks.Sum(partitions => partitions.Count));
        return state.Value.Revision != next.Revision || await AssignAsync(state.Value, [.. Enumerable.Range(0, next.Tasks.Count)]);
    }

    private Task<bool> AssignAsync(ConnectorGrainState current, IReadOnlyList<int> numbers)
        => tasks.AssignAsync(numbers.ToDictionary(number => number, number => new TaskAssignment(
            current.Epoch,
            current.Plan!.Target,
            current.Config!,
            current.Plan.Tasks[number],
            Handover.For(current.Plan.Tasks[number], current.Handover))));

    private void Report(ProblemCause cause, string? problem, bool isFailure = false, bool waitsForKafka = false)
    {
        if (problem is not null && problem != _problem?.Message)
            Log.Waits(logger, connector, problem);
        var since = _problem?.Cause == cause ? _problem.Since : time.GetUtcNow();
        _problem = problem is null ? null : Problems.Of(cause, problem, since);
        (IsFailed, WaitsForKafka) = (isFailure, waitsForKafka);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Connector {Connector}: plan {Epoch} has {Tasks} tasks and {Partitions} partitions.")]
        public static partial void Planned(ILogger logger, string connector, long epoch, int tasks, int partitions);

        [LoggerMessage(2, LogLevel.Warning, "Connector {Connector}: {Problem}")]
        public static partial void Waits(ILogger logger, string connector, string problem);

        [LoggerMessage(3, LogLevel.Warning, "Connector {Connector}: its tasks could not be brought to where they are wanted; trying again.")]
        public static partial void Failed(ILogger logger, string connector, Exception exception);
    }
}
