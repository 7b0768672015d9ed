using Exports.Api.Errors;
using Orleans.Dashboard;

namespace Exports.Silo.Engine;

/// <summary>
/// Orleans' dashboard, made when somebody looks at it for the first time. Its page and its collection of metrics take tens of
/// megabytes, which Orleans' own start with the silo would have every worker hold, most of them for nobody.
/// </summary>
internal sealed class LazyDashboard
{
    private readonly IServiceProvider _services;
    private readonly IReadOnlyList<ServiceDescriptor> _collectors;

    private LazyDashboard(IServiceProvider services, IReadOnlyList<ServiceDescriptor> collectors)
    {
        _services = services;
        _collectors = collectors;
    }

    /// <summary>Adds the dashboard to a silo, and takes away what starts with the host.</summary>
    public static void Add(ISiloBuilder silo)
    {
        var services = silo.Services;
        var others = services.Count;
        // Without its stream of log lines: whoever may read the API may not read the worker's log.
        silo.AddDashboard(options => options.HideTrace = true);
        var collectors = services.Skip(others)
            .Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationFactory is not null).ToList();
        collectors.ForEach(collector => services.Remove(collector));
        services.AddSingleton(provider => new LazyDashboard(provider, collectors));
    }

    /// <summary>Serves the dashboard.</summary>
    public static void Map(IEndpointRouteBuilder routes, string path)
    {
        var dashboard = routes.ServiceProvider.GetRequiredService<LazyDashboard>();
        var made = new Lazy<Task<RequestDelegate>>(() => dashboard.MakeAsync(routes.CreateApplicationBuilder(), path));
        routes.Map(path + "/{**rest}", async context =>
        {
            // The dashboard's own routes take over.
            context.SetEndpoint(null);
            var serve = await made.Value;
            await serve(context);
        });
    }

    private async Task<RequestDelegate> MakeAsync(IApplicationBuilder app, string path)
    {
        foreach (var collector in _collectors)
            await ((IHostedService)collector.ImplementationFactory!(_services)).StartAsync(CancellationToken.None);
        app.UseRouting();
        app.UseEndpoints(routes => routes.MapOrleansDashboard(path).WithApiErrors());
        return app.Build();
    }
}
