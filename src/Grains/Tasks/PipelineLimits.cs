namespace Exports.Grains;

/// <summary>How long the calls of a pipeline may take before the control plane gives up on them.</summary>
/// <param name="Assign">Resolving positions and beginning to read; going on after a pause.</param>
/// <param name="Flush">A flush.</param>
/// <param name="Revoke">Delivering what is on its way, and a flush.</param>
/// <param name="Dispose">Ending.</param>
internal sealed record PipelineLimits(TimeSpan Assign, TimeSpan Flush, TimeSpan Revoke, TimeSpan Dispose)
{
    public static PipelineLimits From(GrainOptions options) => new(
        Assign: TimeSpan.FromSeconds(30),
        Flush: options.OffsetFlushTimeout,
        Revoke: options.ShutdownGrace + options.OffsetFlushTimeout,
        Dispose: options.ShutdownGrace + options.OffsetFlushTimeout);
}
