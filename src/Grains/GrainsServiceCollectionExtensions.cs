using Exports.Grains;
using Exports.Observation;
using Exports.Pipeline;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the control plane.</summary>
public static class GrainsServiceCollectionExtensions
{
    /// <summary>
    /// Adds what the grains need besides the silo itself, and brings up all connectors once the silo runs: call it after
    /// <c>UseOrleans</c>. The host registers the pipeline's <c>ITaskPipelineFactory</c>, <c>ITopicCatalog</c>,
    /// <c>IGroupOffsets</c> and <c>IConnectorOffsets</c>, its <c>ConfigResolver</c> (before; else placeholders stay as they are), a grain storage named
    /// <see cref="GrainStorage.Name"/>, and reminders.
    /// </summary>
    public static IServiceCollection AddExportsGrains(this IServiceCollection services, GrainOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<ConnectorConfigReader>();
        services.TryAddSingleton(new ConfigResolver(new Dictionary<string, string>()));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new WorkerBoard(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ConnectorStarter>();
        services.AddSingleton<IConnectorStarter>(provider => provider.GetRequiredService<ConnectorStarter>());
        services.AddHostedService(provider => provider.GetRequiredService<ConnectorStarter>());
        services.AddHostedService<ConfigReloader>();
        return services;
    }
}
