using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>Kinesis refuses whatever is sent, until somebody changes something.</summary>
internal sealed class KinesisRefusalException(string key, string message) : ConnectException(message)
{
    /// <summary>The configuration key that most likely has to do with it.</summary>
    public string Key => key;

    /// <summary>Whether the caller is known, and lacks a permission.</summary>
    public bool IsAboutPermission { get; init; }
}
