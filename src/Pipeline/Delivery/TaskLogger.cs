using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>What a sink logs to: names connector and task in every entry, in its text and as properties.</summary>
internal sealed class TaskLogger(ILogger inner, TaskPipelineSpec spec) : ILogger
{
    private readonly KeyValuePair<string, object?>[] _scope = [new("Connector", spec.Connector), new("Task", spec.Task)];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
            return;
        using (inner.BeginScope(_scope))
            inner.Log(logLevel, eventId, state, exception, (s, e) => $"{spec}: {formatter(s, e)}");
    }
}
