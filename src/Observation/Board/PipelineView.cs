using Exports.Pipeline;

namespace Exports.Observation;

/// <summary>What a pipeline tells at one time: asked once, since each answer is put together anew.</summary>
/// <param name="Progress">Counts and times.</param>
/// <param name="Statistics">The same in more detail.</param>
/// <param name="Partitions">How far each partition has come.</param>
internal sealed record PipelineView(PipelineProgress Progress, TaskStatistics Statistics, IReadOnlyList<PartitionProgress> Partitions)
{
    /// <summary>What a pipeline tells now; null when there is none.</summary>
    public static PipelineView? Of(ITaskPipeline? pipeline)
        => pipeline is null ? null : new(pipeline.Progress, pipeline.Statistics, pipeline.Partitions);
}
