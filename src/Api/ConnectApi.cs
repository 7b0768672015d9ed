using Exports.Api.Connectors;
using Exports.Api.Errors;
using Exports.Api.Loggers;
using Exports.Api.Operations;
using Exports.Api.Plugins;
using Exports.Api.Requests;
using Exports.Api.Server;
using Exports.Api.Tasks;
using Exports.Observation;
using Exports.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Exports.Api;

/// <summary>Adds Kafka Connect's REST surface to a web application.</summary>
public static class ConnectApi
{
    /// <summary>
    /// Adds what the endpoints need. The application provides <see cref="IGrainFactory"/>, <see cref="ITopicCatalog"/>,
    /// <see cref="PluginCatalog"/>, <see cref="ConnectorValidator"/>, <see cref="OffsetLookup"/>, <see cref="RecordPreview"/>,
    /// <see cref="IWorkerLoad"/>, <see cref="WorkerMetrics"/>, <see cref="ILoggerLevels"/> and logging. Also sees to it that every error of
    /// the whole application has a JSON body, and that encoded path segments keep their meaning.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static IServiceCollection AddConnectApi(this IServiceCollection services, ApiOptions options)
    {
        options.Validate();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<ConnectorCalls>();
        services.AddSingleton<ConnectorListing>();
        services.AddSingleton<ConfigCheck>();
        services.AddSingleton<Preflight>();
        services.AddSingleton<StatusBodies>();
        services.AddSingleton<PluginInstances>();
        services.AddSingleton<WorkerHealth>();
        services.TryAddSingleton(provider => new WorkerBoard(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ProcessLoad>();
        services.TryAddSingleton<IOtherWorkers, NoOtherWorkers>();
        services.AddSingleton<ConnectorReadings>();
        services.AddSingleton<OperationsText>();
        services.AddSingleton<IStartupFilter, ConnectApiStartupFilter>();
        return services;
    }

    /// <summary>Maps the endpoints.</summary>
    public static void MapConnectApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").AddEndpointFilter<ErrorFilter>().AddEndpointFilter<MediaTypeFilter>();
        ServerEndpoints.Map(group);
        ConnectorsEndpoints.Map(group);
        ConnectorStateEndpoints.Map(group);
        ConnectorOffsetsEndpoints.Map(group);
        ConnectorTasksEndpoints.Map(group);
        PluginsEndpoints.Map(group);
        ConnectorTopicsEndpoints.Map(group);
        LoggersEndpoints.Map(group);
        OverviewEndpoints.Map(group);
        PositionsEndpoint.Map(group);
        PreviewEndpoint.Map(group);
        ClusterEndpoint.Map(group);
        MetricsEndpoint.Map(group);
        OpenApiEndpoint.Map(group);
    }

    /// <summary>Wraps the whole application, so that it also sees requests that no endpoint answers.</summary>
    private sealed class ConnectApiStartupFilter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next)
            => app =>
            {
                app.Use(EmptyErrors.FillAsync);
                app.Use(AmbiguousLength.RefuseAsync);
                app.Use(PathEscaping.ApplyAsync);
                next(app);
            };
    }
}
