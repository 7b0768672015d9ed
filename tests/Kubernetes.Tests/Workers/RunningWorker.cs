using Exports.Silo;
using Exports.Silo.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Exports.Kubernetes.Tests.Workers;

/// <summary>A worker in this process with the variables of a pod, without a Kafka, alone, at a free port.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    private readonly DirectoryInfo _data;
    private readonly WebApplication _app;

    private RunningWorker(DirectoryInfo data, WebApplication app)
    {
        (_data, _app) = (data, app);
        Client = new HttpClient { BaseAddress = WorkerHost.AddressOf(app) };
    }

    public HttpClient Client { get; }

    public static async Task<RunningWorker> StartAsync(IReadOnlyDictionary<string, string> variables)
    {
        var data = Directory.CreateTempSubdirectory("exports-kubernetes-");
        var config = WorkerConfig.Load(null, WorkerKeysTests.WithoutCluster(variables), new Dictionary<string, string>
        {
            ["listeners"] = "http://127.0.0.1:0",
            ["bootstrap.servers"] = "127.0.0.1:1",
            ["data.dir"] = data.FullName,
            ["plugin.path"] = "",
            [WorkerKeysTests.SecretsPath] = data.FullName,
        });
        var app = WorkerHost.Build(config, builder => builder.Logging.ClearProviders());
        await app.StartAsync();
        return new(data, app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
