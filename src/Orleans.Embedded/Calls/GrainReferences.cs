using System.Reflection;

namespace Orleans.Runtime;

/// <summary>Makes references to grains.</summary>
internal sealed class GrainReferences(EmbeddedSilo silo, GrainManifest manifest)
{
    /// <exception cref="ArgumentException">The interface is not one that a grain class implements.</exception>
    public GrainReference Get(Type grainInterface, string key)
    {
        if (string.IsNullOrWhiteSpace(key))
            throw new ArgumentException($"The key of a grain must not be empty ({grainInterface}).", nameof(key));

        return Get(GrainId.Create(manifest.Get(grainInterface).GrainType, key), grainInterface);
    }

    public GrainReference Get(GrainId grainId, Type grainInterface)
    {
        if (!grainInterface.IsInterface)
            throw new ArgumentException($"Grains are called by their interfaces; {grainInterface} is none.", nameof(grainInterface));

        var reference = (GrainReference)DispatchProxy.Create(grainInterface, typeof(GrainProxy));
        reference.Bind(silo, grainId);
        return reference;
    }
}
