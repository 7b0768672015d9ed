namespace Exports.Api.Loggers;

/// <summary>A logger's level.</summary>
/// <param name="Level">The level, in capitals.</param>
/// <param name="LastModified">When it was last changed by hand, in milliseconds since 1970-01-01 UTC; null when it never was.</param>
internal sealed record LoggerLevelBody(string Level, long? LastModified)
{
    public static LoggerLevelBody From(LoggerLevel level) => new(level.Level, level.LastModified?.ToUnixTimeMilliseconds());
}
