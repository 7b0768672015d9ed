using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>Writes records to an Amazon Kinesis data stream.</summary>
public sealed class KinesisSinkConnector : SinkConnector
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Aliases { get; } =
    [
        "com.amazon.kinesis.kafka.AmazonKinesisSinkConnector", "AmazonKinesisSinkConnector", "AmazonKinesisSink",
    ];

    /// <inheritdoc/>
    public override ConfigDef Config => KinesisKeys.Definition;

    /// <inheritdoc/>
    public override IEnumerable<(string Key, string Message)> Validate(IReadOnlyDictionary<string, string> config)
        => KinesisSinkConfig.CheckTogether(config, Environment.GetEnvironmentVariable);

    /// <inheritdoc/>
    public override Task<IReadOnlyList<(string Key, string Message)>> CheckDestinationAsync(
        IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
        => DestinationCheck.RunAsync(config, cancellationToken);

    /// <inheritdoc/>
    public override SinkTask CreateTask() => new KinesisSinkTask();
}
