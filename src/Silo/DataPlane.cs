using Exports.Connectors.File;
using Exports.Connectors.Http;
using Exports.Connectors.Kafka;
using Exports.Connectors.Kinesis;
using Exports.Connectors.PubSub;
using Exports.Pipeline;
using Exports.Silo.Configuration;

namespace Exports.Silo;

/// <summary>Puts the pipeline together, and the plugins that it finds.</summary>
internal static class DataPlane
{
    public static void AddDataPlane(this IServiceCollection services, WorkerConfig config)
    {
        services.AddSingleton(config.Pipeline);
        services.AddSingleton(provider => new PluginCatalog(
            [
                typeof(FileStreamSinkConnector).Assembly,
                typeof(HttpSinkConnector).Assembly,
                typeof(KafkaSinkConnector).Assembly,
                typeof(KinesisSinkConnector).Assembly,
                typeof(PubSubSinkConnector).Assembly,
            ],
            string.Join(',', config.PluginPath),
            provider.GetRequiredService<ILogger<PluginCatalog>>()));
        services.AddSingleton(provider => new ConfigResolver(
            config.Pipeline.ConfigProviders, provider.GetRequiredService<ILogger<ConfigResolver>>()));
        services.AddSingleton<ConnectorValidator>();
        services.AddSingleton<KafkaAdmin>();
        services.AddSingleton<ITopicCatalog, TopicCatalog>();
        services.AddSingleton<IGroupOffsets, GroupOffsets>();
        services.AddSingleton<IConnectorOffsets, ConnectorOffsets>();
        services.AddSingleton<OffsetLookup>();
        services.AddSingleton<EndOffsets>();
        services.AddSingleton<RecordPreview>();
        services.AddSingleton<TaskPipelineFactory>();
        services.AddSingleton<ITaskPipelineFactory>(provider => provider.GetRequiredService<TaskPipelineFactory>());
    }
}
