using System.Collections.Concurrent;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Kafka;

/// <summary>
/// Writes records to topics of another Kafka cluster: at least once, or in transactions exactly once, and each partition's in
/// order. A batch is delivered when the target has acknowledged all its records, so there is nothing to flush.
/// </summary>
internal sealed partial class KafkaSinkTask : SinkTask
{
    /// <summary>Kinds of settings that a producer was made of before. Thousands of tasks may have the same.</summary>
    private static readonly ConcurrentDictionary<string, bool> s_tried = new(StringComparer.Ordinal);

    private KafkaSinkConfig? _config;
    private OrderedWriter? _writer;
    private TransactionalWriter? _transactions;
    private SelfCopy? _selfCopy;
    private IReadOnlyDictionary<string, string>? _connectorConfig;
    private string _name = "";

    /// <inheritdoc/>
    public override int MaxInFlight => 8;

    /// <inheritdoc/>
    public override long MaxBatchBytes => 1024 * 1024;

    /// <inheritdoc/>
    public override bool NeedsFlush => false;

    /// <inheritdoc/>
    public override bool ReadsHeaders => _config?.KeepsHeaders ?? true;

    internal OrderedWriter Writer => _writer!;

    internal TransactionalWriter Transactions => _transactions!;

    /// <inheritdoc/>
    public override async Task StartAsync(SinkTaskContext context, CancellationToken cancellationToken)
    {
        // The name that Kafka Connect gives to the producer of a task.
        _name = $"connector-producer-{context.Connector}-{context.Task}";
        _config = KafkaSinkConfig.Parse(context.Config, _name);
        _connectorConfig = context.Config;
        _selfCopy = new SelfCopy(_config, context.SourceBootstrapServers);
        if (!context.Config.ContainsKey("transforms"))
            _selfCopy.CheckAlways();
        foreach (var (key, reason) in _config.Translated.Ignored)
            Log.Ignored(context.Logger, KafkaSinkConfig.Prefix + key, reason);
        if (_config.Translated.Unknown.Count > 0)
        {
            Log.Unknown(
                context.Logger, string.Join(", ", _config.Translated.Unknown.Select(key => KafkaSinkConfig.Prefix + key)));
        }

        await Task.Run(Try, cancellationToken);
        var name = $"sink {context}";
        if (_config.ExactlyOnce is null)
        {
            _writer = new OrderedWriter(_config, name, context);
        }
        else
        {
            _transactions = new TransactionalWriter(_config, name, context);
        }
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyDictionary<TopicPartition, long>> OpenPartitionsAsync(
        IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        if (_config!.Creation is not null)
        {
            using var topics = new TargetTopics(KafkaSinkConfig.AdminSettings(_connectorConfig!, _name));
            await new TopicCreation(_config, topics).EnsureAsync(partitions, cancellationToken);
        }

        return _transactions is null
            ? await base.OpenPartitionsAsync(partitions, cancellationToken)
            : await _transactions.OpenAsync(partitions, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task ClosePartitionsAsync(IReadOnlyList<TopicPartition> partitions)
        => _transactions?.CloseAsync(partitions) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public override ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken)
    {
        if (_selfCopy!.Check(batch) is { } error)
            return ValueTask.FromException(error);
        return _transactions?.PutAsync(batch, cancellationToken) ?? _writer!.PutAsync(batch, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task StopAsync() => _transactions?.CloseAsync() ?? _writer?.CloseAsync() ?? Task.CompletedTask;

    /// <summary>
    /// Makes a producer and closes it again: it finds keys that do not go together and stores that cannot be read. The one
    /// to write with is opened with the first record, because producers cost threads and connections.
    /// </summary>
    private void Try()
    {
        if (s_tried.ContainsKey(_config!.Kind))
            return;
        try
        {
            new NativeProducer(_config.TrySettings).Dispose();
        }
        catch (ArgumentException e)
        {
            throw new ConfigException(e.Message, e);
        }

        s_tried.TryAdd(_config.Kind, true);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Key} has no effect: {Reason}.")]
        public static partial void Ignored(ILogger logger, string key, string reason);

        [LoggerMessage(2, LogLevel.Warning, "No Kafka client knows these keys; they have no effect: {Keys}")]
        public static partial void Unknown(ILogger logger, string keys);
    }
}
