namespace Orleans.Runtime;

/// <summary>Something that an activation is asked to do: a call, or a tick of a timer.</summary>
internal abstract class GrainRequest
{
    /// <summary>May start while any other request waits for something.</summary>
    public abstract bool IsAlwaysInterleave { get; }

    /// <summary>May start while only others of its kind wait for something.</summary>
    public abstract bool IsReadOnly { get; }

    /// <summary>Keeps the activation from being idle.</summary>
    public abstract bool IsKeepAlive { get; }

    /// <summary>Belongs to one activation: the next one has no use for it, and a deactivating one may still run it.</summary>
    public abstract bool IsLocal { get; }

    /// <summary>How many activations ended, without an error, before they took any request.</summary>
    public int StillbornActivations { get; set; }

    /// <summary>Does it. Called on the activation's scheduler; never throws.</summary>
    public abstract Task InvokeAsync(Activation activation);

    /// <summary>It will not be done.</summary>
    public abstract void Reject(Exception exception);
}
