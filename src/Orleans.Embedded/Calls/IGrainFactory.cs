using Orleans.Runtime;

namespace Orleans;

/// <summary>Gives references to grains. Getting one is cheap and calls nobody.</summary>
public interface IGrainFactory
{
    /// <summary>A reference to the grain with this key.</summary>
    /// <exception cref="ArgumentException">No grain class, or more than one, has this interface; or the key is empty.</exception>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey)
        where TGrainInterface : IGrainWithStringKey;

    /// <summary>A reference to the grain with this identity.</summary>
    TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable;
}
