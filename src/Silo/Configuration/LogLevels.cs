namespace Exports.Silo.Configuration;

/// <summary>Log levels under the names that Kafka Connect's operators know.</summary>
internal static class LogLevels
{
    public const string Names = "TRACE, DEBUG, INFO, WARN, ERROR, FATAL, OFF";

    private static readonly (string Name, LogLevel Level)[] s_levels =
    [
        ("TRACE", LogLevel.Trace), ("DEBUG", LogLevel.Debug), ("INFO", LogLevel.Information), ("WARN", LogLevel.Warning),
        ("ERROR", LogLevel.Error), ("FATAL", LogLevel.Critical), ("OFF", LogLevel.None),
    ];

    public static bool TryParse(string text, out LogLevel level)
    {
        foreach (var known in s_levels)
        {
            if (known.Name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                level = known.Level;
                return true;
            }
        }

        level = LogLevel.None;
        return false;
    }

    public static string NameOf(LogLevel level) => s_levels[(int)level].Name;
}
