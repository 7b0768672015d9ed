using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Exports.Api.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class CollectedLogs : ILoggerProvider
{
    public ConcurrentQueue<(LogLevel Level, string Message, Exception? Error)> Entries { get; } = new();

    /// <summary>All errors in one text, for a test that fails.</summary>
    public string Errors => string.Concat(
        Entries.Where(entry => entry.Level >= LogLevel.Error).Select(entry => $"\n{entry.Message}: {entry.Error}"));

    public ILogger CreateLogger(string categoryName) => new Collector(this);

    public void Dispose()
    {
    }

    private sealed class Collector(CollectedLogs logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => logs.Entries.Enqueue((logLevel, formatter(state, exception), exception));
    }
}
