using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>
/// Reads header values as UTF-8 text and writes them as text; structured values as JSON. Nothing is guessed: a header
/// <c>42</c> is the text "42" here, where Kafka Connect makes a number of it. A transform that needs another type asks for it.
/// </summary>
public sealed class SimpleHeaderConverter : Converter
{
    private readonly StringConverter _text = new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Aliases => ["org.apache.kafka.connect.storage.SimpleHeaderConverter"];

    /// <inheritdoc/>
    public override ConfigDef Config { get; } = [];

    /// <inheritdoc/>
    public override bool Supports(ConverterRole role) => role == ConverterRole.Header;

    /// <inheritdoc/>
    public override void Configure(IReadOnlyDictionary<string, string> config, ConverterRole role)
    {
    }

    /// <inheritdoc/>
    public override ConnectValue ToConnectData(string topic, ReadOnlyMemory<byte>? bytes) => _text.ToConnectData(topic, bytes);

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte>? FromConnectData(string topic, ConnectValue value)
        => _text.FromConnectData(topic, value);
}
