using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>A <see cref="ConfigException"/> that knows which key it is about.</summary>
internal sealed class InvalidKeyException : ConfigException
{
    /// <summary>A key whose value is not shown, or does not matter.</summary>
    public InvalidKeyException(string key, string message)
        : base($"Invalid configuration {key}: {message}") => Key = key;

    /// <summary>A key whose value is shown.</summary>
    public InvalidKeyException(string key, string? value, string message)
        : base(key, value, message) => Key = key;

    /// <summary>The key.</summary>
    public string Key { get; }
}
