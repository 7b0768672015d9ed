using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>
/// What a sink logs to: names connector and task in every entry, in its text and as properties, and takes secrets out.
/// </summary>
internal sealed class TaskLogger(ILogger inner, TaskPipelineSpec spec, Func<string, string> redact) : ILogger
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
        {
            if (!HoldsSecret(state) && !HoldsSecret(exception) && formatter(state, exception) is var text && redact(text) == text)
                inner.Log(logLevel, eventId, state, exception, (_, _) => $"{spec}: {text}");
            else
                LogRedacted(logLevel, eventId, formatter(state, exception), exception);
        }
    }

    private void LogRedacted(LogLevel logLevel, EventId eventId, string text, Exception? exception)
        => inner.Log(
            logLevel,
            eventId,
            redact($"{spec}: {text}"),
            exception is null ? null : HoldsSecret(exception) ? new ConnectException(redact(exception.ToString())) : exception,
            static (redacted, _) => redacted);

    /// <summary>Also the values that do not get into the text count: some logs write them.</summary>
    private bool HoldsSecret<TState>(TState state)
        => state is IEnumerable<KeyValuePair<string, object?>> values
            ? values.Any(value => HoldsSecret(value.Value))
            : state?.ToString() is { } text && redact(text) != text;
}
