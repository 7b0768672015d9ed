namespace Exports.Connectors.Sdk;

/// <summary>
/// A configuration is wrong. The message names the key, the value (unless it is a password) and what is allowed.
/// </summary>
public class ConfigException : ConnectException
{
    /// <summary>Makes an exception with a message of its own.</summary>
    public ConfigException(string message, Exception? inner = null)
        : base(message, inner) => Cause = ErrorCause.Configuration;

    /// <summary>
    /// Makes an exception about a key whose value is not shown or does not matter: <c>Invalid configuration K: message</c>.
    /// </summary>
    public ConfigException(string key, string message)
        : base($"Invalid configuration {key}: {message}") => (Key, Cause) = (key, ErrorCause.Configuration);

    /// <summary>Makes an exception about a key's value: <c>Invalid value V for configuration K: message</c>.</summary>
    public ConfigException(string key, object? value, string message)
        : base($"Invalid value {value ?? "null"} for configuration {key}: {message}") => (Key, Cause) = (key, ErrorCause.Configuration);

    /// <summary>The key at which the error is shown; null where it is about no key in particular.</summary>
    public string? Key { get; init; }
}
