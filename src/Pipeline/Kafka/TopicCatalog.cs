using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>
/// Reads the topics through the worker's administrative client, when asked and every <c>metadata.max.age.ms</c>. A read
/// that fails is logged when the one before did not fail in the same way.
/// </summary>
public sealed partial class TopicCatalog : ITopicCatalog, IAsyncDisposable
{
    private static readonly HashSet<string> s_internalTopics = new(StringComparer.Ordinal)
    {
        "__consumer_offsets", "__transaction_state", "__share_group_state", "__cluster_metadata",
    };

    private readonly KafkaAdmin _admin;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _refreshing;
    private Task<TopicSnapshot>? _reading;
    private Task<TopicSnapshot>? _next;
    private Task? _identifying;
    private string? _clusterId;
    private int _questionsLeft = 3;
    private volatile TopicSnapshot? _current;
    private volatile string? _lastError;

    /// <summary>Begins to read the topics.</summary>
    public TopicCatalog(KafkaAdmin admin, PipelineOptions options, TimeProvider time, ILogger<TopicCatalog> logger)
    {
        _admin = admin;
        _time = time;
        _logger = logger;
        _refreshing = Task.Run(() => RefreshRegularlyAsync(options.MetadataMaxAge));
    }

    /// <inheritdoc/>
    public TopicSnapshot? Current => _current;

    /// <inheritdoc/>
    public string? LastError => _lastError;

    /// <inheritdoc/>
    public Task<TopicSnapshot> RefreshAsync(CancellationToken cancellationToken)
    {
        Task<TopicSnapshot> read;
        lock (_lock)
        {
            // A read that is under way may have begun before what the caller wants to see: one more follows it, for all
            // who ask until then.
            if (_reading is null)
                read = _reading = Task.Run(ReadAsync, CancellationToken.None);
            else
                read = _next ??= ReadAfterAsync(_reading);
        }

        return read.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _refreshing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RefreshRegularlyAsync(TimeSpan interval)
    {
        while (!_stop.IsCancellationRequested)
        {
            await ((Task)RefreshAsync(_stop.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(interval, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<TopicSnapshot> ReadAfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await ReadAsync().ConfigureAwait(false);
    }

    private async Task<TopicSnapshot> ReadAsync()
    {
        try
        {
            var metadata = await _admin.GetMetadataAsync("the topics", _stop.Token).ConfigureAwait(false);
            var partitions = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var topic in metadata.Topics)
            {
                if (!topic.Error.IsError && topic.Partitions.Count > 0 && !s_internalTopics.Contains(topic.Topic))
                    partitions[topic.Topic] = topic.Partitions.Count;
            }

            var snapshot = Publish(partitions);
            if (_lastError is not null)
                Log.Readable(_logger);
            _lastError = null;
            Identify();
            return snapshot;
        }
        catch (ConnectException e)
        {
            if (_lastError != e.Message)
                Log.Unreadable(_logger, e.Message);
            _lastError = e.Message;
            throw;
        }
        finally
        {
            lock (_lock)
                (_reading, _next) = (_next, null);
        }
    }

    private TopicSnapshot Publish(Dictionary<string, int> partitions)
    {
        lock (_lock)
        {
            var current = _current;
            if (current is not null && current.ClusterId == _clusterId && Equal(current.Partitions, partitions))
                return current;
            return _current = new TopicSnapshot(_clusterId, partitions);
        }
    }

    private static bool Equal(IReadOnlyDictionary<string, int> left, Dictionary<string, int> right)
        => left.Count == right.Count && left.All(topic => right.TryGetValue(topic.Key, out var count) && count == topic.Value);

    /// <summary>Asks for the cluster's id. Where brokers do not tell after some attempts, it stays unknown.</summary>
    private void Identify()
    {
        lock (_lock)
        {
            if (_clusterId is not null || _questionsLeft == 0 || _identifying is { IsCompleted: false })
                return;
            _questionsLeft--;
            _identifying = IdentifyAsync();
        }
    }

    private async Task IdentifyAsync()
    {
        try
        {
            var cluster = await _admin.AskAsync(
                "the cluster's id",
                client => client.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = _admin.RequestTimeout }),
                _stop.Token).ConfigureAwait(false);
            lock (_lock)
            {
                _clusterId = cluster.ClusterId;
                if (_current is { } current)
                    _current = current with { ClusterId = _clusterId };
            }
        }
        catch (Exception e) when (e is ConnectException or OperationCanceledException or ObjectDisposedException)
        {
            Log.Unidentified(_logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The topics cannot be read at present: {Error}")]
        public static partial void Unreadable(ILogger logger, string error);

        [LoggerMessage(2, LogLevel.Information, "The topics can be read again")]
        public static partial void Readable(ILogger logger);

        [LoggerMessage(3, LogLevel.Debug, "The Kafka cluster does not tell its id: {Error}")]
        public static partial void Unidentified(ILogger logger, string error);
    }
}
