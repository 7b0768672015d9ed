using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.PubSub;

/// <summary>
/// Publishes records to a topic of Pub/Sub: at least once. With ordering keys, a request holds messages of one key only, and the
/// next one of that key is sent when it was accepted. A message is durable once it was accepted, so there is nothing to flush.
/// </summary>
internal sealed partial class PubSubSinkTask : RequestSinkTask
{
    private const int RequestsUnderWay = 32;

    // What is under way is there twice, as records and as requests. So much keeps a fast network busy.
    private const long BytesUnderWay = 32_000_000;

    private PubSubSinkConfig? _config;
    private MessageEncoder? _encoder;
    private TopicClient? _client;
    private SharedPool<string, AccessTokens>.Lease? _tokens;
    private SharedPool<ServiceEndpoint, ServiceChannel>.Lease? _channel;

    /// <inheritdoc/>
    public override bool ReadsHeaders => _config?.PublishesHeaders ?? true;

    /// <inheritdoc/>
    protected override Task<RequestOptions> OpenAsync(SinkTaskContext context, CancellationToken cancellationToken)
        => Task.FromResult(Open(context));

    /// <inheritdoc/>
    protected override RequestItem Prepare(ref SinkRecord record) => _encoder!.Encode(ref record);

    /// <inheritdoc/>
    protected override ValueTask SendAsync(SinkBatch request, CancellationToken cancellationToken)
    {
        if (_config!.OrderingKey != OrderingKeySource.None)
            CheckOrderingKeys(request.Records);
        return _client!.PublishAsync(PublishCall.For(_encoder!.TopicField, request), cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task CloseAsync()
    {
        _channel?.Dispose();
        _tokens?.Dispose();
        return Task.CompletedTask;
    }

    internal RequestOptions Open(SinkTaskContext context)
    {
        var config = _config = PubSubSinkConfig.Parse(context.Config);
        _tokens = config.Credentials is null ? null : CredentialLoader.Load(config.Credentials);
        _channel = ServiceChannel.Share(config.Endpoint);
        _encoder = new(config);
        _client = new(_channel.Value, config.Endpoint, config.Topic, _tokens?.Value, config.RequestTimeout, config.CompressFrom);
        Log.Opened(context.Logger, config.Topic, config.Endpoint, _tokens?.Value.Identity ?? "nobody (emulator)");
        return new()
        {
            MaxRecords = config.MaxMessages,
            MaxBytes = Math.Min(config.MaxBytes, MessageEncoder.LargestRequest - _encoder.TopicField.Length),
            MaxInFlight = RequestsUnderWay,
            Linger = config.Linger,
            Order = config.OrderingKey == OrderingKeySource.None ? RequestOrder.None : RequestOrder.OneKeyARequest,
            RetryTimeout = config.TotalTimeout,
            RetryTimeoutKey = PubSubKeys.TotalTimeout,
            MaxRecordsUnderWay = config.MaxOutstandingMessages,
            MaxBytesUnderWay = Math.Min(config.MaxOutstandingBytes ?? long.MaxValue, BytesUnderWay),
        };
    }

    /// <exception cref="DataException">Keys of equal hashes met in one request.</exception>
    private static void CheckOrderingKeys(ReadOnlySpan<SinkRecord> records)
    {
        var first = PublishMessage.OrderingKey(records[0]);
        foreach (ref readonly var record in records[1..])
        {
            if (!PublishMessage.OrderingKey(record).SequenceEqual(first))
                throw new DataException("The request holds messages of several ordering keys; Pub/Sub takes one a request.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Publishes to {PubSubTopic} at {Endpoint} as: {Identity}")]
        public static partial void Opened(ILogger logger, TopicName pubSubTopic, ServiceEndpoint endpoint, string identity);
    }
}
