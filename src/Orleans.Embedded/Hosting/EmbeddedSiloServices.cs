using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Reminders;
using Orleans.Serialization;

namespace Orleans.Hosting;

/// <summary>The services of an embedded silo.</summary>
internal static class EmbeddedSiloServices
{
    public static void AddEmbeddedSilo(this IServiceCollection services)
    {
        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<GrainManifest>();
        services.AddSingleton<DeepCopier>();
        services.AddSingleton<ReminderService>();
        services.AddSingleton<EmbeddedSilo>();
        services.AddSingleton<IHostedService>(static services => services.GetRequiredService<EmbeddedSilo>());
        services.AddSingleton<IClusterClient, GrainFactory>();
        services.AddSingleton<IGrainFactory>(static services => services.GetRequiredService<IClusterClient>());
        services.AddScoped<IGrainContext>(static _ => Activation.CheckAccess());
    }
}
