using Exports.Api.Loggers;

namespace Exports.Api.Tests;

/// <summary>Levels of two loggers, which nobody logs by.</summary>
internal sealed class TestLoggerLevels : ILoggerLevels
{
    public static readonly DateTimeOffset ChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    private readonly Dictionary<string, LoggerLevel> _levels = new(StringComparer.Ordinal)
    {
        [ILoggerLevels.Root] = new(ILoggerLevels.Root, "INFO", null),
        ["a.b"] = new("a.b", "WARN", null),
    };

    public IReadOnlyList<LoggerLevel> All => [.. _levels.Values];

    public LoggerLevel? Find(string logger) => _levels.GetValueOrDefault(logger);

    public IReadOnlyList<string>? Set(string logger, string level)
    {
        if (level is not ("INFO" or "DEBUG"))
            return null;
        _levels[logger] = new(logger, level, ChangedAt);
        return [logger];
    }
}
