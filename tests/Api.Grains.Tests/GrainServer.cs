using Exports.Grains;
using Exports.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace Exports.Api.Tests;

/// <summary>The REST surface over the real grains, whose tasks have nothing to deliver.</summary>
internal sealed class GrainServer : IAsyncDisposable
{
    private readonly TestSilo _silo;

    private GrainServer(TestSilo silo, ApiServer api)
    {
        _silo = silo;
        Api = api;
    }

    public ApiServer Api { get; }

    public static async Task<GrainServer> StartAsync()
    {
        var silo = await TestSilo.StartAsync(builder =>
        {
            builder.AddMemoryGrainStorage(GrainStorage.Name).UseInMemoryReminderService();
            builder.Services.AddSingleton<ITopicCatalog, TwoPartitions>();
            builder.Services.AddSingleton<IGroupOffsets, NoOffsets>().AddSingleton<IConnectorOffsets, NoOffsets>();
            builder.Services.AddSingleton<ITaskPipelineFactory, IdlePipelines>();
            builder.Services.AddExportsGrains(new GrainOptions { WorkerId = "127.0.0.1:8083" });
        });
        return new(silo, await ApiServer.StartAsync(silo.Grains));
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await _silo.DisposeAsync();
    }
}
