namespace Exports.Pipeline;

/// <summary>What the tasks of a worker share.</summary>
/// <param name="Options">The worker's configuration.</param>
/// <param name="Lanes">The lanes.</param>
/// <param name="Budget">The bytes that may be held.</param>
/// <param name="DeadLetters">The producers of dead letter queues.</param>
/// <param name="Time">The clock.</param>
internal sealed record WorkerParts(
    PipelineOptions Options, LaneSet Lanes, BufferBudget Budget, DeadLetterProducers DeadLetters, TimeProvider Time);
