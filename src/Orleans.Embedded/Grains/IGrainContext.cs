namespace Orleans.Runtime;

/// <summary>An activation: the one living instance of a grain.</summary>
public interface IGrainContext : IEquatable<IGrainContext>
{
    GrainId GrainId { get; }

    GrainReference GrainReference { get; }

    /// <summary>The grain object; null until it is constructed.</summary>
    object? GrainInstance { get; }

    /// <summary>The services of this activation; disposed with it.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Completes when the activation has ended.</summary>
    Task Deactivated { get; }

    /// <summary>Starts to deactivate: the requests that run may end, those that wait go to the next activation.</summary>
    /// <param name="deactivationReason">Why.</param>
    /// <param name="cancellationToken">Cuts the deactivation short, before its own time limit does.</param>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}
