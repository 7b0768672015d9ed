using Exports.Pipeline;

namespace Exports.Observation;

/// <summary>
/// What an activation of a task tells the board. Once another activation has taken the task over, what this one says is not heard.
/// </summary>
public sealed class TaskWatch : IDisposable
{
    private readonly TaskEntry _entry;

    internal TaskWatch(TaskEntry entry) => _entry = entry;

    /// <summary>How storing offsets goes.</summary>
    public OffsetCommits Commits => _entry.Commits;

    /// <summary>The task's condition may have changed.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="owned">Its partitions with their stored offsets.</param>
    public void Publish(TaskCondition condition, IReadOnlyList<OwnedOffset> owned) => _entry.Publish(this, condition, owned);

    /// <summary>A pipeline has been started, or has ended.</summary>
    public void Use(ITaskPipeline? pipeline) => _entry.Use(this, pipeline);

    /// <summary>A pipeline is about to be started.</summary>
    public void Starting() => _entry.Board.TaskStarts.Attempt();

    /// <summary>Whether it was.</summary>
    public void Started(bool succeeded) => _entry.Board.TaskStarts.End(succeeded);

    /// <summary>The task has failed.</summary>
    /// <param name="restarts">Whether it restarts itself.</param>
    public void Failed(bool restarts) => _entry.Failed(this, restarts);

    /// <summary>Whether the task has run well since its last failure, if there was one.</summary>
    public bool HasRecovered => _entry.HasRecovered;

    /// <summary>The state with health and trouble, as they are now.</summary>
    public Grains.TaskState Judge(TaskCondition condition) => _entry.Judge(condition);

    /// <summary>The activation has ended.</summary>
    public void Dispose() => _entry.Leave(this);
}
