using Orleans.Concurrency;

namespace Exports.Grains;

/// <summary>
/// A task; its key is <c>connector/number</c>. Holds the epoch and the offsets of its partitions, and runs the pipeline in
/// its silo. Called by its connector grain, and never calls it.
/// </summary>
[Alias("exports.task")]
public interface ITaskGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes over an assignment: starts, changes, pauses or resumes the pipeline so that it does what is asked.
    /// Answers once the assignment is stored; the pipeline starts afterwards. Partitions that it has already go on unchanged.
    /// </summary>
    /// <returns>False when the epoch is older than the newest that the task has heard of: the caller is out of date.</returns>
    Task<bool> AssignAsync(TaskAssignment assignment);

    /// <summary>
    /// Stops reading some partitions, waits until what is on its way is delivered or the grace time is over, and gives up
    /// their offsets. Repeating the call gives the same answer, until a newer assignment arrives.
    /// </summary>
    /// <param name="epoch">The epoch that the next assignment will have; one that is not above the task's is refused with an empty answer and <see cref="ReleaseResult.Stale"/>.</param>
    /// <param name="partitions">The partitions to give up; null for all of them, which stops the pipeline.</param>
    [ResponseTimeout("00:02:00")]
    Task<ReleaseResult> ReleaseAsync(long epoch, List<PartitionRef>? partitions);

    /// <summary>State and error.</summary>
    [AlwaysInterleave]
    Task<TaskState> GetStatusAsync();

    /// <summary>The committed offsets of its partitions.</summary>
    [AlwaysInterleave]
    Task<TaskOffsets> GetOffsetsAsync();

    /// <summary>The topics that the task has read records of.</summary>
    [AlwaysInterleave]
    Task<List<string>> GetTopicsAsync();

    /// <summary>Begins the list of topics anew.</summary>
    Task ResetTopicsAsync();

    /// <summary>Stops the pipeline after a flush, and starts it again at once, with its retry budget full.</summary>
    Task RestartAsync();

    /// <summary>Stops the pipeline after a flush and forgets everything, unless a plan after <paramref name="epoch"/> has been heard of.</summary>
    /// <param name="epoch">The epoch of the plan that has no such task.</param>
    [ResponseTimeout("00:02:00")]
    Task DeleteAsync(long epoch);
}
