namespace Exports.Api.Loggers;

/// <summary>The levels of this worker's loggers, which may be changed while it runs. Thread-safe.</summary>
public interface ILoggerLevels
{
    /// <summary>The name under which the level of everything without a level of its own is known.</summary>
    const string Root = "root";

    /// <summary><see cref="Root"/> and all names that have a level of their own, in ordinal order.</summary>
    IReadOnlyList<LoggerLevel> All { get; }

    /// <summary>The level of a logger, of its own or inherited; null when there is no logger whose name is or begins with that.</summary>
    LoggerLevel? Find(string logger);

    /// <summary>Sets the level of a logger and of all below it.</summary>
    /// <param name="logger">A name; one that no logger has yet counts for those to come.</param>
    /// <param name="level">TRACE, DEBUG, INFO, WARN, ERROR, FATAL or OFF, in any case.</param>
    /// <returns>The loggers whose level was set, in ordinal order; null when there is no such level.</returns>
    IReadOnlyList<string>? Set(string logger, string level);
}

/// <summary>A logger's level.</summary>
/// <param name="Logger">The logger's name.</param>
/// <param name="Level">Its level, in capitals.</param>
/// <param name="LastModified">When the level was last changed by hand; null when it never was.</param>
public sealed record LoggerLevel(string Logger, string Level, DateTimeOffset? LastModified);
