using Exports.Grains;

namespace Exports.Api.Tests;

/// <summary>
/// A connector that keeps its promises without a control plane behind it. Tests set what it answers: the states of its tasks, its
/// offsets, an error to throw, or a gate to wait at.
/// </summary>
internal sealed class InMemoryConnector(string name, InMemoryIndex index) : IConnectorGrain
{
    public const string Worker = "127.0.0.1:8083";
    private readonly Lock _lock = new();
    private Dictionary<string, string>? _config;
    private TargetState _target;

    /// <summary>Thrown by every call while it is set.</summary>
    public Exception? Error { get; set; }

    /// <summary>What every call waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>The tasks, while the connector is not stopped.</summary>
    public List<TaskState> Tasks { get; set; } = [];

    public List<PartitionOffset> Offsets { get; set; } = [];

    /// <summary>Why Kafka's part of the offsets is not known.</summary>
    public string? OffsetsProblem { get; set; }

    /// <summary>What becomes of changes of offsets.</summary>
    public AlterOffsetsResult Alteration { get; set; } = new(AlterOffsetsOutcome.Altered);

    public List<string> Topics { get; set; } = [];

    public string? Trace { get; set; }

    /// <summary>Calls by name, in order.</summary>
    public List<string> Calls { get; } = [];

    public static TaskState NewTask(int number, RunState state = RunState.Running, string? trace = null)
        => new(number, state, Worker, trace, Epoch: 1, Restarts: 0, NextRestart: null);

    public Task<CreateResult> CreateAsync(
        Dictionary<string, string> config, TargetState initialState, List<OffsetChange>? initialOffsets = null)
        => CallAsync("create", () =>
        {
            if (_config is not null)
                return new CreateResult(null, null);
            if (initialOffsets is not null && !IsDone(Alteration))
                return new(null, Alteration);
            Offsets = [];
            Change(initialOffsets ?? []);
            return new(Store(config, initialState), initialOffsets is null ? null : Alteration);
        });

    public Task<ReplaceConfigResult?> ReplaceConfigAsync(Dictionary<string, string> read, Dictionary<string, string> config)
        => CallAsync("replace", () =>
        {
            if (_config is null)
                return null;
            var isSame = read.OrderBy(entry => entry.Key).SequenceEqual(_config.OrderBy(entry => entry.Key));
            return new ReplaceConfigResult(isSame, isSame ? Store(config, _target) : Info());
        });

    public Task<PutConfigResult> PutConfigAsync(Dictionary<string, string> config)
        => CallAsync("put", () => new PutConfigResult(_config is null, Store(config, _target)));

    public Task<bool> DeleteAsync()
        => CallAsync("delete", () =>
        {
            var existed = _config is not null;
            _config = null;
            _target = TargetState.Running;
            index.Remove(name);
            return existed;
        });

    public Task<ConnectorInfo?> GetInfoAsync() => CallAsync("info", () => _config is null ? null : Info());

    public Task<ConnectorStatus?> GetStatusAsync() => CallAsync("status", () => _config is null ? null : Status());

    public Task<bool> SetTargetStateAsync(TargetState target)
        => CallAsync($"target {target}", () =>
        {
            if (_config is null)
                return false;
            _target = target;
            return true;
        });

    public Task<ConnectorStatus?> RestartAsync(bool includeTasks, bool onlyFailed)
        => CallAsync($"restart {includeTasks} {onlyFailed}", () =>
        {
            if (_config is null)
                return null;
            var status = Status();
            return status with { Tasks = [.. status.Tasks.Select(Restarting)] };

            TaskState Restarting(TaskState task)
                => includeTasks && (!onlyFailed || task.State == RunState.Failed)
                    ? NewTask(task.Number, RunState.Restarting)
                    : task;
        });

    public Task<RestartTaskResult> RestartTaskAsync(int task)
        => CallAsync($"restart task {task}", () => _config is null ? RestartTaskResult.UnknownConnector
            : Tasks.Exists(t => t.Number == task) ? RestartTaskResult.Restarting
            : RestartTaskResult.UnknownTask);

    public Task<KnownOffsets?> GetOffsetsAsync()
        => CallAsync("offsets", () => _config is null ? null : new KnownOffsets(Offsets, OffsetsProblem));

    public Task<AlterOffsetsResult> AlterOffsetsAsync(List<OffsetChange>? changes)
        => CallAsync("alter", () =>
        {
            if (_config is null)
                return new AlterOffsetsResult(AlterOffsetsOutcome.UnknownConnector);
            if (_target != TargetState.Stopped)
                return new(AlterOffsetsOutcome.NotStopped);
            if (!IsDone(Alteration))
                return Alteration;
            Offsets = changes is null ? [] : Offsets;
            Change(changes ?? []);
            return Alteration;
        });

    public Task<List<string>> GetTopicsAsync() => CallAsync("topics", () => _config is null ? [] : Topics);

    public Task ResetTopicsAsync()
        => CallAsync("reset topics", () =>
        {
            Topics = [];
            return true;
        });

    public Task EnsureRunningAsync() => Task.CompletedTask;

    private async Task<T> CallAsync<T>(string call, Func<T> answer)
    {
        using var counted = index.CountCall();
        lock (_lock)
            Calls.Add(call);
        await Task.Yield();
        await Gate;
        if (Error is not null)
            throw Error;
        lock (_lock)
            return answer();
    }

    private static bool IsDone(AlterOffsetsResult result)
        => result.Outcome is AlterOffsetsOutcome.Altered or AlterOffsetsOutcome.AlteredHere;

    private void Change(List<OffsetChange> changes)
    {
        foreach (var change in changes)
        {
            Offsets = [.. Offsets.Where(offset => (offset.Topic, offset.Partition) != (change.Topic, change.Partition))];
            if (change.Offset is { } to)
                Offsets.Add(new(change.Topic, change.Partition, to));
        }
    }

    private ConnectorInfo Store(Dictionary<string, string> config, TargetState target)
    {
        _config = new(config);
        _target = target;
        index.Add(name);
        return Info();
    }

    private ConnectorInfo Info() => new(name, new(_config!), [.. CurrentTasks().Select(task => task.Number)]);

    private ConnectorStatus Status()
    {
        var state = _target switch
        {
            TargetState.Paused => RunState.Paused,
            TargetState.Stopped => RunState.Stopped,
            _ => Trace is null ? RunState.Running : RunState.Failed,
        };
        return new(name, state, Worker, Trace, CurrentTasks()) { ConnectorClass = _config!.GetValueOrDefault("connector.class") };
    }

    private List<TaskState> CurrentTasks() => _target == TargetState.Stopped ? [] : [.. Tasks];
}
