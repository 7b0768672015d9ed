using System.Collections.Concurrent;
using Exports.Silo.Configuration;
using Exports.Silo.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Exports.Silo.Tests.Rest;

/// <summary>A whole worker in this process, without a Kafka.</summary>
internal sealed class RestWorker : IAsyncDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("exports-rest-");
    private readonly WebApplication _app;
    private readonly CollectedLines _lines = new();

    private RestWorker(IEnumerable<(string Key, string Value)> settings)
    {
        var keys = new Dictionary<string, string>
        {
            ["listeners"] = "http://127.0.0.1:0",
            ["bootstrap.servers"] = "127.0.0.1:1",
            ["data.dir"] = _data.FullName,
        };
        foreach (var (key, value) in settings)
            keys[key] = value;
        _app = WorkerHost.Build(WorkerConfig.From(keys), builder => builder.Logging.ClearProviders().AddProvider(_lines));
        Addresses = [.. _app.Services.GetRequiredService<BoundListeners>().All.Select(bound => new Uri(bound.Listener.ToString()))];
    }

    /// <summary>Of all listeners, those for /admin last.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    public IReadOnlyCollection<string> Log => _lines.Lines;

    public static async Task<RestWorker> StartAsync(params (string Key, string Value)[] settings)
    {
        var worker = new RestWorker(settings);
        await worker._app.StartAsync();
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }

    private sealed class CollectedLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
