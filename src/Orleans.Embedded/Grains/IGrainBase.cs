using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain class; <see cref="Grain"/> is the usual way to write one.</summary>
public interface IGrainBase
{
    /// <summary>The activation that this instance belongs to.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>Runs before the first request; state is loaded. A throw fails the activation, and reaches the callers that wait for it.</summary>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Runs after the last request. The token is cancelled when the time for deactivation is over.</summary>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
