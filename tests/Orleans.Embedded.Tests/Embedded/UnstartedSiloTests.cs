using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Exports.Engine.Tests.Embedded;

public sealed class UnstartedSiloTests
{
    [Fact]
    public async Task A_silo_that_has_not_started_refuses_calls_and_says_so()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo => silo.AddMemoryGrainStorage("memory").Services.AddSingleton(new Stage()));
        using var host = builder.Build();
        var grain = host.Services.GetRequiredService<IGrainFactory>().GetGrain<ICallGrain>("a");
        var exception = await Assert.ThrowsAsync<SiloUnavailableException>(() => grain.AddAsync(1, 2));
        Assert.Contains("has not started", exception.Message);
    }
}
