using Exports.Pipeline;
using Exports.Silo.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Exports.Silo.Tests.Configuration;

/// <summary>What the worker offers without any plugin.</summary>
public sealed class BuiltInConnectorsTests
{
    [Fact]
    public void Every_library_of_connectors_that_is_beside_the_worker_is_offered()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddDataPlane(WorkerConfig.From(new Dictionary<string, string>()));
        using var provider = services.BuildServiceProvider();
        var offered = provider.GetRequiredService<PluginCatalog>().Plugins.Select(plugin => plugin.ClassName).ToArray();

        var libraries = Directory.GetFiles(AppContext.BaseDirectory, "Exports.Connectors.*.dll")
            .Select(path => Path.GetFileNameWithoutExtension(path)).Except(["Exports.Connectors.Sdk"]).ToArray();

        Assert.Contains("Exports.Connectors.Http", libraries);
        Assert.All(libraries, library => Assert.Contains(
            offered, name => name.StartsWith(library + ".", StringComparison.Ordinal)));
    }
}
