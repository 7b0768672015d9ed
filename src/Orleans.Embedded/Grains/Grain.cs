using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans;

/// <summary>The base of grain classes.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    /// <summary>For grains that the runtime creates.</summary>
    protected Grain()
        : this(RuntimeContext.Current ?? throw new InvalidOperationException("Grains are created by the runtime: ask an IGrainFactory."))
    {
    }

    /// <summary>For tests that create the grain themselves.</summary>
    protected Grain(IGrainContext grainContext)
    {
        ArgumentNullException.ThrowIfNull(grainContext);
        GrainContext = grainContext;
    }

    /// <inheritdoc/>
    public IGrainContext GrainContext { get; }

    /// <summary>A reference to this grain, to hand to others.</summary>
    public GrainReference GrainReference => GrainContext.GrainReference;

    /// <summary>Gives references to other grains.</summary>
    protected IGrainFactory GrainFactory
    {
        get
        {
            Activation.CheckAccess();
            return GrainContext.ActivationServices.GetRequiredService<IGrainFactory>();
        }
    }

    /// <summary>The grain's identity as text.</summary>
    public string IdentityString => GrainContext.GrainId.ToString();

    /// <inheritdoc/>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Deactivates this activation once the requests that run have ended.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>
    /// Keeps an idle activation for at least this time; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero or less to
    /// take an earlier call back. A stopping silo deactivates it all the same.
    /// </summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Activation.Of(GrainContext).DelayDeactivation(timeSpan);
}
