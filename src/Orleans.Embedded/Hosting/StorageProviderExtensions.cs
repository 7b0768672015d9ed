using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;

namespace Orleans.Runtime.Hosting;

/// <summary>Registers grain storage.</summary>
public static class StorageProviderExtensions
{
    /// <summary>Registers a grain storage under a name; under "Default" it is also the one for states that name none.</summary>
    public static IServiceCollection AddGrainStorage<T>(
        this IServiceCollection collection, string name, Func<IServiceProvider, string, T> implementationFactory)
        where T : IGrainStorage
    {
        collection.AddKeyedSingleton<IGrainStorage>(name, (services, key) => implementationFactory(services, (string)key!));
        if (string.Equals(name, "Default", StringComparison.Ordinal))
            collection.TryAddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>("Default"));

        return collection;
    }
}
