using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>A configuration is wrong, and at which key it is shown.</summary>
internal sealed class KinesisConfigException : ConfigException
{
    public KinesisConfigException(string key, string message)
        : base(message) => Key = key;

    public KinesisConfigException(string key, object? value, string message)
        : base(key, value, message) => Key = key;

    public string Key { get; }
}
