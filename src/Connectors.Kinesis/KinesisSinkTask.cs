using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Kinesis;

/// <summary>
/// Writes records to a Kinesis stream: at least once, and those of a partition key in order. Until the first record comes,
/// it holds credentials and nothing else.
/// </summary>
internal sealed partial class KinesisSinkTask : RequestSinkTask
{
    private KinesisSinkConfig? _config;
    private RecordEncoder? _encoder;
    private KinesisClient? _client;
    private ShardPacer? _pacer;
    private bool _sharesCredentials;

    /// <inheritdoc/>
    public override bool ReadsHeaders => false;

    /// <inheritdoc/>
    protected override async Task<RequestOptions> OpenAsync(SinkTaskContext context, CancellationToken cancellationToken)
    {
        _config = KinesisSinkConfig.Parse(context.Config, context.Connector, Environment.GetEnvironmentVariable);
        foreach (var key in _config.WithoutEffect)
            Log.WithoutEffect(context.Logger, key.Name, key.Reason);
        _encoder = new(_config);
        var credentials = SharedCredentials.Join(_config.CredentialsSettings);
        _sharesCredentials = true;
        _client = new(_config.Location, _config.StreamName, credentials, _config.Timeout, context.Logger, context.Time);
        // A role that may not be assumed should be seen now rather than with the first record.
        await credentials.GetAsync(context.Logger, cancellationToken);
        if (_config.RatePercent is { } percent)
        {
            _pacer = new(percent, CountShardsAsync, context.Logger, context.Time);
            await _pacer.StartAsync(cancellationToken);
        }

        return _config.Requests;
    }

    /// <inheritdoc/>
    protected override RequestItem Prepare(ref SinkRecord record) => _encoder!.Prepare(ref record);

    /// <inheritdoc/>
    protected override ValueTask SendAsync(SinkBatch request, CancellationToken cancellationToken)
        => _pacer is null
            ? _client!.PutRecordsAsync(request, _config!.PartitionAsHashKey, cancellationToken)
            : SendPacedAsync(request, cancellationToken);

    /// <inheritdoc/>
    protected override Task CloseAsync()
    {
        if (_sharesCredentials)
            SharedCredentials.Leave(_config!.CredentialsSettings);
        _sharesCredentials = false;
        return Task.CompletedTask;
    }

    private async ValueTask SendPacedAsync(SinkBatch request, CancellationToken cancellationToken)
    {
        await _pacer!.WaitAsync(request.Count, SizeOf(request), cancellationToken);
        await _client!.PutRecordsAsync(request, _config!.PartitionAsHashKey, cancellationToken);
    }

    private static long SizeOf(SinkBatch request)
    {
        long bytes = 0;
        foreach (ref readonly var record in request.Records)
            bytes += (record.Key.IsNull ? 0 : record.Key.Bytes.Length) + (record.Value.IsNull ? 0 : record.Value.Bytes.Length);
        return bytes;
    }

    private async Task<int> CountShardsAsync(CancellationToken cancellationToken)
        => (await _client!.DescribeStreamSummaryAsync(cancellationToken)).OpenShards;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Key} has no effect: {Reason}.")]
        public static partial void WithoutEffect(ILogger logger, string key, string reason);
    }
}
