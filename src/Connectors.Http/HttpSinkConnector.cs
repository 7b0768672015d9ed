using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>Sends records to an HTTP endpoint, such as a webhook.</summary>
public sealed class HttpSinkConnector : SinkConnector
{
    /// <inheritdoc/>
    public override ConfigDef Config => HttpSinkConfig.Definition;

    /// <inheritdoc/>
    public override IReadOnlyList<string> KeyPrefixes { get; } = [HttpHeaders.Prefix];

    /// <inheritdoc/>
    public override IEnumerable<(string Key, string Message)> Validate(IReadOnlyDictionary<string, string> config)
        => HttpSinkConfig.Validate(config);

    /// <inheritdoc/>
    public override Task<IReadOnlyList<(string Key, string Message)>> CheckDestinationAsync(
        IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
        => DestinationCheck.RunAsync(config, cancellationToken);

    /// <inheritdoc/>
    public override SinkTask CreateTask() => new HttpSinkTask();
}
