using System.Collections.Concurrent;
using Exports.Api.Loggers;
using Exports.Silo.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Exports.Silo.Logging;

/// <summary>
/// Levels that are changed while the worker runs: they are laid over the configured filters, and the logger factory is told to look
/// again. Knows the loggers by having been asked, as a provider that logs nothing, for one of each name.
/// </summary>
internal sealed class LoggerLevels(WorkerConfig config, TimeProvider time)
    : ILoggerLevels, IConfigureOptions<LoggerFilterOptions>, IOptionsChangeTokenSource<LoggerFilterOptions>, ILoggerProvider
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (LogLevel Level, DateTimeOffset At)> _set = new(StringComparer.OrdinalIgnoreCase);
    private CancellationTokenSource _changed = new();

    /// <inheritdoc/>
    public IReadOnlyList<LoggerLevel> All
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. config.LogLevels.Keys.Concat(_set.Keys).Append(ILoggerLevels.Root).Distinct(StringComparer.OrdinalIgnoreCase)
                        .Order(StringComparer.Ordinal).Select(Describe),
                ];
            }
        }
    }

    /// <inheritdoc/>
    string IOptionsChangeTokenSource<LoggerFilterOptions>.Name => Options.DefaultName;

    /// <inheritdoc/>
    public LoggerLevel? Find(string logger)
    {
        lock (_lock)
        {
            return IsRoot(logger) || _set.ContainsKey(logger) || config.LogLevels.ContainsKey(logger) || Below(logger).Any()
                ? Describe(logger)
                : null;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string>? Set(string logger, string level)
    {
        if (!LogLevels.TryParse(level.Trim(), out var parsed))
            return null;
        CancellationTokenSource changed;
        string[] names;
        lock (_lock)
        {
            // As in Kafka Connect, what is below takes the new level too, whatever it had.
            string[] own = [.. _set.Keys.Concat(config.LogLevels.Keys).Where(name => IsRoot(logger) || IsBelow(name, logger))];
            foreach (var name in own.Append(IsRoot(logger) ? ILoggerLevels.Root : logger))
                _set[name] = (parsed, time.GetUtcNow());
            names = [.. Below(logger).Concat(own).Append(logger).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
            (changed, _changed) = (_changed, new());
        }

        changed.Cancel();
        changed.Dispose();
        return names;
    }

    /// <inheritdoc/>
    public void Configure(LoggerFilterOptions options)
    {
        lock (_lock)
        {
            foreach (var (name, (level, _)) in _set)
            {
                if (IsRoot(name))
                    options.MinLevel = level;
                else
                    options.Rules.Add(new(null, name, level, null));
            }
        }
    }

    /// <inheritdoc/>
    public IChangeToken GetChangeToken()
    {
        lock (_lock)
            return new CancellationChangeToken(_changed.Token);
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, static _ => Silent.Instance);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The container disposes of it as a provider; nothing is held that outlives it.
    }

    private static bool IsRoot(string logger) => logger.Equals(ILoggerLevels.Root, StringComparison.OrdinalIgnoreCase);

    private static bool IsBelow(string logger, string ancestor)
        => logger.StartsWith(ancestor, StringComparison.OrdinalIgnoreCase) && (logger.Length == ancestor.Length || logger[ancestor.Length] == '.');

    private IEnumerable<string> Below(string ancestor) => _loggers.Keys.Where(name => IsRoot(ancestor) || IsBelow(name, ancestor));

    private LoggerLevel Describe(string logger)
    {
        var name = logger;
        while (true)
        {
            if (_set.TryGetValue(name, out var set))
                return new(logger, LogLevels.NameOf(set.Level), set.At);
            if (config.LogLevels.TryGetValue(name, out var configured))
                return new(logger, LogLevels.NameOf(configured), null);
            if (IsRoot(name))
                return new(logger, LogLevels.NameOf(config.LogLevel), null);
            name = name.LastIndexOf('.') is > 0 and var dot ? name[..dot] : ILoggerLevels.Root;
        }
    }

    private sealed class Silent : ILogger
    {
        public static readonly Silent Instance = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => false;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }
    }
}
