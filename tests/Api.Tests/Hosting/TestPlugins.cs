using Exports.Api.Loggers;
using Exports.Observation;
using Exports.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace Exports.Api.Tests;

/// <summary>The plugins of this assembly, and a cluster that has answered.</summary>
internal static class TestPlugins
{
    public const string ClusterId = "test-cluster";

    private static readonly PluginCatalog s_catalog = new([typeof(TestPlugins).Assembly]);

    public static void AddTestPlugins(this IServiceCollection services)
    {
        services.AddSingleton(s_catalog);
        services.AddSingleton(new ConfigResolver(new Dictionary<string, string>()));
        services.AddSingleton(new PipelineOptions
        {
            Client = new Dictionary<string, string> { ["bootstrap.servers"] = "127.0.0.1:1" },
            Converters = new Dictionary<string, string>
            {
                ["key.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
                ["value.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
            },
        });
        services.AddSingleton<ConnectorValidator>();
        services.AddSingleton<ILoggerLevels, TestLoggerLevels>();
        services.AddSingleton<ITopicCatalog>(new Topics());
        services.AddSingleton<KafkaAdmin>();
        services.AddSingleton<IGroupOffsets, GroupOffsets>();
        services.AddSingleton<OffsetLookup>();
        services.AddSingleton<RecordPreview>();
        services.AddSingleton<IWorkerLoad, Load>();
        services.AddSingleton(provider => new WorkerMetrics(
            provider.GetRequiredService<WorkerBoard>(), provider.GetRequiredService<IWorkerLoad>(),
            provider.GetRequiredService<ProcessLoad>(), new MetricsOptions(), "1.2.3", TimeProvider.System));
    }

    private sealed class Load : IWorkerLoad
    {
        public string Engine => "Embedded";

        public string WorkerId => "127.0.0.1:8083";

        public string BootstrapServers => "127.0.0.1:1";

        public long Activations => 3;

        public int Lanes => 1;

        public long BytesBuffered => 0;
    }

    private sealed class Topics : ITopicCatalog
    {
        public TopicSnapshot? Current { get; } = new(ClusterId, new Dictionary<string, int>());

        public string? LastError => null;

        public Task<TopicSnapshot> RefreshAsync(CancellationToken cancellationToken) => Task.FromResult(Current!);
    }
}
