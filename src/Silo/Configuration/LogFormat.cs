namespace Exports.Silo.Configuration;

/// <summary>How the log is written.</summary>
public enum LogFormat
{
    /// <summary>Lines for people: time, level, logger, message; exceptions on indented lines.</summary>
    Text,

    /// <summary>Lines for programs: each a JSON object.</summary>
    Json,
}
