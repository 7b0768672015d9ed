using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exports.Testing;

/// <summary>
/// One silo in a Generic Host, of whichever engine the tests are built for. Stops with <see cref="DisposeAsync"/>; to
/// restart a worker in a test, stop one and start another with the same services.
/// </summary>
public sealed partial class TestSilo : IAsyncDisposable
{
    private TestSilo(IHost host) => Host = host;

    public IHost Host { get; }

    public IServiceProvider Services => Host.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <param name="configure">Adds services (<c>silo.Services</c>), storage, reminders and options.</param>
    /// <param name="shutdownTimeout">The host's; 30 seconds without it.</param>
    public static async Task<TestSilo> StartAsync(Action<ISiloBuilder> configure, TimeSpan? shutdownTimeout = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = shutdownTimeout ?? TimeSpan.FromSeconds(30));
        builder.UseOrleans(silo =>
        {
            ConfigureEngine(silo);
            configure(silo);
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            await DisposeAsync(host);
            throw;
        }

        return new TestSilo(host);
    }

    /// <summary>Stops the silo as SIGTERM does.</summary>
    public Task StopAsync() => Host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync();
        await DisposeAsync(Host);
    }

    static partial void ConfigureEngine(ISiloBuilder silo);

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            host.Dispose();
    }
}
