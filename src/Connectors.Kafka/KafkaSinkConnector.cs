using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>Writes records to topics of another Kafka cluster.</summary>
public sealed class KafkaSinkConnector : SinkConnector
{
    /// <inheritdoc/>
    public override ConfigDef Config => KafkaSinkConfig.Definition;

    /// <inheritdoc/>
    public override IReadOnlyList<string> KeyPrefixes { get; } = [KafkaSinkConfig.Prefix];

    /// <inheritdoc/>
    public override IEnumerable<(string Key, string Message)> Validate(IReadOnlyDictionary<string, string> config)
        => KafkaSinkConfig.Validate(config);

    /// <inheritdoc/>
    public override IEnumerable<string> FindKeysWithoutEffect(IReadOnlyDictionary<string, string> config)
        => KafkaSinkConfig.FindUnknownKeys(config);

    /// <inheritdoc/>
    public override Task<IReadOnlyList<(string Key, string Message)>> CheckDestinationAsync(
        IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
        => DestinationCheck.RunAsync(config, cancellationToken);

    /// <inheritdoc/>
    public override async Task<bool> AlterOffsetsAsync(
        IReadOnlyDictionary<string, string> config,
        IReadOnlyDictionary<TopicPartition, long?> offsets,
        CancellationToken cancellationToken)
    {
        var parsed = KafkaSinkConfig.Parse(config, "connector-offsets");
        if (parsed.ExactlyOnce is not null)
            await PositionMove.RunAsync(parsed, offsets, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public override SinkTask CreateTask() => new KafkaSinkTask();
}
