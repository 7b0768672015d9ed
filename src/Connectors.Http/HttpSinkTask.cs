using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Http;

/// <summary>
/// Sends records to an HTTP endpoint: at least once, in the order that <c>http.order</c> asks for. When to send what is decided
/// by <see cref="RequestSinkTask"/>; here a record becomes bytes, and some records become one request.
/// </summary>
internal sealed partial class HttpSinkTask : RequestSinkTask
{
    private HttpSinkConfig? _config;
    private RecordEncoder? _encoder;
    private HttpDestination? _destination;

    /// <inheritdoc/>
    public override bool ReadsHeaders => _config?.HasEnvelope ?? true;

    /// <inheritdoc/>
    protected override Task<RequestOptions> OpenAsync(SinkTaskContext context, CancellationToken cancellationToken)
    {
        _config = HttpSinkConfig.Parse(context.Config);
        if (_config.SendsSecretsUnencrypted)
            Log.Unencrypted(context.Logger, _config.Origin);
        _encoder = new RecordEncoder(_config);
        _destination = new HttpDestination(_config, context.Connector, context.Time);
        return Task.FromResult(_config.ToRequestOptions());
    }

    /// <inheritdoc/>
    protected override RequestItem Prepare(ref SinkRecord record) => _encoder!.Prepare(ref record);

    /// <inheritdoc/>
    protected override ValueTask SendAsync(SinkBatch request, CancellationToken cancellationToken)
        => _destination!.SendAsync(request, cancellationToken);

    /// <inheritdoc/>
    protected override Task CloseAsync()
    {
        _destination?.Dispose();
        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning,
            "Credentials go to {Origin} without encryption: whoever is on the way can read them. Use https.")]
        public static partial void Unencrypted(ILogger logger, string origin);
    }
}
