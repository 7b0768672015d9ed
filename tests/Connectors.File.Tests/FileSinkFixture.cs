using System.Collections.Concurrent;
using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.File.Tests;

/// <summary>A folder, and tasks that write into it; all of it goes with the test.</summary>
public abstract class FileSinkFixture : IAsyncLifetime
{
    private readonly List<SinkTask> _tasks = [];

    protected string Folder { get; } = Directory.CreateTempSubdirectory("exports-test-").FullName;

    protected string Target => In("out.jsonl");

    protected ListLogger Logger { get; } = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var task in _tasks)
            await task.StopAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string In(string name) => Path.Combine(Folder, name);

    protected Task<SinkTask> StartAsync(params (string Key, string Value)[] config) => StartAsync(Target, config);

    protected async Task<SinkTask> StartAsync(string file, params (string Key, string Value)[] config)
    {
        var values = config.ToDictionary(entry => entry.Key, entry => entry.Value);
        values.TryAdd("file", file);
        var task = new FileStreamSinkConnector().CreateTask();
        _tasks.Add(task);
        await task.StartAsync(new("c", 0, values, Logger, TimeProvider.System), CancellationToken.None);
        return task;
    }

    protected async Task StopAsync(SinkTask task)
    {
        _tasks.Remove(task);
        await task.StopAsync();
    }

    protected static async Task PutAsync(SinkTask task, params string[] values)
        => await task.PutAsync(TestBatch.Of(values), CancellationToken.None);

    protected static Task FlushAsync(SinkTask task) => task.FlushAsync(CancellationToken.None);

    protected sealed class ListLogger : ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?,
            string> formatter)
            => Lines.Enqueue(formatter(state, exception));
    }
}
