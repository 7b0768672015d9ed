using Orleans.Runtime;

namespace Orleans;

internal sealed class GrainFactory(EmbeddedSilo silo) : IClusterClient
{
    public IServiceProvider ServiceProvider => silo.Services;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey)
        where TGrainInterface : IGrainWithStringKey =>
        (TGrainInterface)(object)silo.References.Get(typeof(TGrainInterface), primaryKey);

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable =>
        (TGrainInterface)(object)silo.References.Get(grainId, typeof(TGrainInterface));
}
