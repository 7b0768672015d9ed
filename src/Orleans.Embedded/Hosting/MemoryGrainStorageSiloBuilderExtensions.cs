using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Orleans.Hosting;

/// <summary>Registers grain storage in memory, for tests.</summary>
public static class MemoryGrainStorageSiloBuilderExtensions
{
    /// <summary>Grain storage that is lost with the process.</summary>
    public static ISiloBuilder AddMemoryGrainStorage(this ISiloBuilder builder, string name)
    {
        builder.Services.AddGrainStorage(name, static (_, _) => new MemoryGrainStorage());
        return builder;
    }

    /// <summary>Grain storage that is lost with the process, for states that name none.</summary>
    public static ISiloBuilder AddMemoryGrainStorageAsDefault(this ISiloBuilder builder) => builder.AddMemoryGrainStorage("Default");
}
