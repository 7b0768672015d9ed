using System.Reflection;

namespace Orleans.Runtime;

/// <summary>A reference to a grain, whether it is active or not. Calls go by the interface that it was asked for by.</summary>
public abstract class GrainReference : DispatchProxy, IAddressable, IEquatable<GrainReference>
{
    private EmbeddedSilo? _silo;

    /// <summary>The grain's identity.</summary>
    public GrainId GrainId { get; private set; }

    internal EmbeddedSilo Silo => _silo!;

    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"GrainReference:{GrainId}";

    internal void Bind(EmbeddedSilo silo, GrainId grainId)
    {
        _silo = silo;
        GrainId = grainId;
    }

    /// <summary>A reference to the same grain by another interface.</summary>
    internal GrainReference As(Type grainInterface) =>
        grainInterface.IsInstanceOfType(this) ? this : Silo.References.Get(GrainId, grainInterface);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        GrainMethod.Of(targetMethod!).Call(this, args ?? []);
}
