using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Exports.Silo.Engine.Cluster;

/// <summary>Places a grain in the silo that its key names.</summary>
[GenerateSerializer]
internal sealed class OnSiloPlacement : PlacementStrategy;

/// <inheritdoc cref="OnSiloPlacement"/>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OnSiloAttribute() : PlacementAttribute(new OnSiloPlacement());

/// <inheritdoc cref="OnSiloPlacement"/>
internal sealed class OnSiloDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silo = SiloAddress.FromParsableString(target.GrainIdentity.Key.ToString()!);
        return context.GetCompatibleSilos(target).Contains(silo)
            ? Task.FromResult(silo)
            : throw new SiloUnavailableException($"The worker at {silo} is gone, or is about to go.");
    }
}
