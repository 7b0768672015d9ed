using Exports.Connectors.Sdk;

namespace Exports.Connectors.PubSub;

/// <summary>Publishes records to a topic of Google Cloud Pub/Sub.</summary>
public sealed class PubSubSinkConnector : SinkConnector
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Aliases { get; } =
        ["com.google.pubsub.kafka.sink.CloudPubSubSinkConnector", "CloudPubSubSinkConnector", "CloudPubSubSink"];

    /// <inheritdoc/>
    public override ConfigDef Config => PubSubKeys.Definition;

    /// <inheritdoc/>
    public override IEnumerable<(string Key, string Message)> Validate(IReadOnlyDictionary<string, string> config)
    {
        var errors = PubSubSinkConfig.Validate(config);
        if (errors.Count > 0 || PubSubSinkConfig.Parse(config).Credentials is not { Form: CredentialForm.Json } credentials)
            return errors;
        try
        {
            CredentialLoader.Load(credentials).Dispose();
            return [];
        }
        catch (ConfigException e)
        {
            return [(credentials.Key, e.Message)];
        }
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<(string Key, string Message)>> CheckDestinationAsync(
        IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
        => DestinationCheck.RunAsync(PubSubSinkConfig.Parse(config), cancellationToken);

    /// <inheritdoc/>
    public override SinkTask CreateTask() => new PubSubSinkTask();
}
