using Exports.Observation;
using Exports.Pipeline;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exports.Grains;

/// <summary>
/// A task. It takes over assignments of rising epochs and gives partitions up for the next; what runs in between is the
/// <see cref="TaskRunner"/>'s business.
/// </summary>
[GrainType("exports.task")]
internal sealed partial class TaskGrain(
    [PersistentState("task", GrainStorage.Name)] IPersistentState<TaskGrainState> storage,
    ITaskPipelineFactory pipelines,
    IGroupOffsets groups,
    ConnectorConfigReader configs,
    WorkerBoard board,
    GrainOptions options,
    IHostApplicationLifetime worker,
    TimeProvider time,
    ILogger<TaskGrain> logger) : Grain, ITaskGrain
{
    private StateCell<TaskGrainState> _state = null!;
    private TaskRunner _runner = null!;
    private TaskWatch _watch = null!;
    private Task? _loop;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = TaskId.Parse(this.GetPrimaryKeyString());
        _state = new(storage, () => _runner.Wake(anew: true));
        _watch = board.Connector(id.Connector).Task(id.Number).Watch();
        _runner = new(id, _state, pipelines, groups, configs, _watch, options, worker.ApplicationStopping, time, logger);
        // Not from here: an activation that ends before it was ready is not told so. A timer ticks only once it is.
        if (_state.Value.Config is not null)
            this.RegisterGrainTimer(RunAsync, new(TimeSpan.Zero, Timeout.InfiniteTimeSpan) { Interleave = true });
        return Task.CompletedTask;

        Task RunAsync()
        {
            Run();
            return Task.CompletedTask;
        }
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        try
        {
            await _runner.StopAsync().WaitAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            var id = TaskId.Parse(this.GetPrimaryKeyString());
            Log.NotPersisted(logger, id.Connector, id.Number, exception);
        }
        finally
        {
            _runner.Dispose();
            _watch.Dispose();
        }
    }

    /// <inheritdoc/>
    public async Task<bool> AssignAsync(TaskAssignment assignment)
    {
        var before = _state.Value;
        if (assignment.Epoch < before.Fence)
            return false;
        if (assignment.Epoch > before.Epoch)
        {
            await _state.UpdateAsync(state => state.Assign(assignment));
            var isNewConfig = !ReferenceEquals(before.Config, _state.Value.Config);
            if (isNewConfig)
                _runner.ForgetFailure();
            _runner.Wake(anew: isNewConfig || before.Target != assignment.Target);
        }

        Run();
        return true;
    }

    /// <inheritdoc/>
    public async Task<ReleaseResult> ReleaseAsync(long epoch, List<PartitionRef>? partitions)
    {
        if (epoch <= _state.Value.Epoch || epoch < _state.Value.Fence)
            return new(true, [], _state.Value.Fence);
        var given = partitions is null ? _state.Value.Partitions.Select(partition => partition.Ref()).ToHashSet() : [.. partitions];
        await _runner.ReleaseAsync(epoch, given);
        return new(false, Offsets(partition => given.Contains(partition.Ref())), _state.Value.Epoch) { Topics = Topics() };
    }

    /// <inheritdoc/>
    public Task<TaskState> GetStatusAsync() => Task.FromResult(_runner.GetStatus());

    /// <inheritdoc/>
    public Task<TaskOffsets> GetOffsetsAsync() => Task.FromResult(new TaskOffsets(_state.Value.Epoch, Offsets(_ => true)));

    /// <inheritdoc/>
    public Task<List<string>> GetTopicsAsync() => Task.FromResult(Topics());

    /// <inheritdoc/>
    public Task ResetTopicsAsync() => _runner.ForgetTopicsAsync();

    /// <inheritdoc/>
    public Task RestartAsync()
    {
        _runner.Restart();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(long epoch)
    {
        if (epoch < _state.Value.Fence)
            return;
        try
        {
            await _runner.StopAsync();
            await _state.ClearAsync();
        }
        finally
        {
            DeactivateOnIdle();
        }
    }

    private void Run()
    {
        if (_loop is not null)
            return;
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _loop = RunAsync();

        async Task RunAsync()
        {
            await _runner.RunAsync();
            DeactivateOnIdle();
        }
    }

    private List<string> Topics() => _state.Value.Note(_runner.Topics).Topics;

    private List<PartitionOffset> Offsets(Func<OwnedPartition, bool> which)
        => [.. _state.Value.Partitions.Where(which).Where(partition => partition.Offset is not null).Select(
            partition => new PartitionOffset(partition.Topic, partition.Partition, partition.Offset!.Value))];

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Task {Connector}-{Task} ended without persisting its last offsets; what it delivered since the last flush will be delivered again.")]
        public static partial void NotPersisted(ILogger logger, string connector, int task, Exception exception);
    }
}
