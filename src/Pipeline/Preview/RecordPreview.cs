using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Microsoft.Extensions.Logging;
using Header = Exports.Connectors.Sdk.Header;
using TimestampType = Exports.Connectors.Sdk.TimestampType;
using TopicPartition = Exports.Connectors.Sdk.TopicPartition;

namespace Exports.Pipeline;

/// <summary>
/// Reads some records of a connector's topics through its converters and transforms. It is in no Kafka group, commits nothing, and makes
/// no sink. Thread-safe.
/// </summary>
public sealed partial class RecordPreview(
    PipelineOptions options,
    PluginCatalog plugins,
    ConfigResolver resolver,
    KafkaAdmin admin,
    OffsetLookup lookup,
    TimeProvider time,
    ILogger<RecordPreview> logger)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_limitAtEnd = TimeSpan.FromSeconds(1);

    /// <summary>Reads records.</summary>
    /// <param name="config">The connector's configuration, placeholders unresolved.</param>
    /// <param name="count">The most records to return, at least 1.</param>
    /// <param name="from">
    /// Where to read on, as <see cref="PreviewedRecords.Next"/> told; of partitions that are not named, from the end. Null for the last
    /// records.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ConfigException">The configuration cannot work.</exception>
    /// <exception cref="PluginNotFoundException">A class is unknown.</exception>
    /// <exception cref="ConnectException">Kafka does not answer, or refuses.</exception>
    public async Task<PreviewedRecords> ReadAsync(
        IReadOnlyDictionary<string, string> config,
        int count,
        IReadOnlyDictionary<TopicPartition, long>? from,
        CancellationToken cancellationToken)
    {
        var resolved = resolver.Resolve(config);
        try
        {
            var connector = new ConnectorConfig(resolved);
            options.Overrides.Demand(resolved, ClientOverrideCheck.Prefixes(false));
            var conversion = RecordConversion.Create(plugins, resolved, options);
            var settings = new LaneSettings(
                ClientSettings.Translate(ClientRole.Consumer, options.Client, options.Consumer, connector.ConsumerOverrides).Settings,
                options.GroupId);
            var partitions = await lookup.PartitionsAsync(connector, cancellationToken).ConfigureAwait(false);
            var (begins, ends) = await RangeAsync(partitions, count, from, cancellationToken).ConfigureAwait(false);
            // A consumer's calls block.
            var raw = await Task.Factory.StartNew(
                () => Read(settings, begins, from is null ? ends : null, count, cancellationToken),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).ConfigureAwait(false);
            var chosen = from is null
                ? raw.OrderBy(record => record.Timestamp).ThenBy(record => record.Offset).TakeLast(count).ToList()
                : raw;
            var next = new Dictionary<TopicPartition, long>(from is null ? ends : begins);
            foreach (var record in chosen)
                next[new(record.Topic, record.Partition)] = Math.Max(next[new(record.Topic, record.Partition)], record.Offset + 1);
            return new(
                [.. chosen.Select(record => Convert(conversion, record))],
                [.. next.OrderBy(entry => entry.Key).Select(entry => new CommittableOffset(entry.Key, entry.Value))],
                resolved.Redact);
        }
        catch (ConnectException e) when (resolved.Redact(e) is var safe && safe != e)
        {
            throw safe;
        }
        catch (InvalidOperationException e)
        {
            // librdkafka does not take a setting; its words have the value.
            throw resolved.Redact(new ConfigException(e.Message, e));
        }
    }

    private static PreviewedRecord Convert(RecordConversion conversion, SinkRecord raw)
    {
        var record = raw;
        try
        {
            return conversion.Convert(ref record) ? new(raw, record, null) : new(raw, null, null);
        }
        catch (ConversionException e)
        {
            return new(raw, null, e);
        }
    }

    private async Task<(Dictionary<TopicPartition, long> Begins, Dictionary<TopicPartition, long> Ends)> RangeAsync(
        List<TopicPartition> partitions, int count, IReadOnlyDictionary<TopicPartition, long>? from, CancellationToken cancellationToken)
    {
        var ends = await admin.ListOffsetsAsync(partitions, OffsetSpec.Latest(), cancellationToken).ConfigureAwait(false);
        if (from is not null)
            return (ends.ToDictionary(entry => entry.Key, entry => from.GetValueOrDefault(entry.Key, entry.Value)), ends);
        var first = await admin.ListOffsetsAsync(partitions, OffsetSpec.Earliest(), cancellationToken).ConfigureAwait(false);
        return (ends.ToDictionary(entry => entry.Key, entry => Math.Max(first.GetValueOrDefault(entry.Key), entry.Value - count)), ends);
    }

    /// <summary>Reads from positions: up to ends where they are given, else as many records as are wanted.</summary>
    private List<SinkRecord> Read(
        LaneSettings settings,
        Dictionary<TopicPartition, long> begins,
        Dictionary<TopicPartition, long>? ends,
        int count,
        CancellationToken cancellationToken)
    {
        var records = new List<SinkRecord>();
        var open = begins.Where(entry => ends is null || entry.Value < ends[entry.Key]).Select(entry => entry.Key).ToHashSet();
        if (open.Count == 0)
            return records;
        var all = new Dictionary<string, string>(settings.Values, StringComparer.Ordinal) { ["enable.partition.eof"] = "true" };
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(all)
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler((_, error) => Log.ClientError(logger, error.Reason))
            .Build();
        consumer.Assign(open.Select(partition => new TopicPartitionOffset(partition.Topic, partition.Partition, begins[partition])));
        var begun = time.GetTimestamp();
        var limit = ends is null ? s_limitAtEnd : s_limit;
        while (open.Count > 0 && (ends is not null || records.Count < count) && !cancellationToken.IsCancellationRequested)
        {
            if (limit - time.GetElapsedTime(begun) is not { Ticks: > 0 } rest)
                break;
            ConsumeResult<byte[]?, byte[]?>? result;
            try
            {
                result = consumer.Consume(rest);
            }
            catch (ConsumeException e)
            {
                throw new ConnectException($"Kafka does not let {e.ConsumerRecord.TopicPartition} be read: {e.Error.Reason}", e)
                {
                    Cause = ErrorCause.Kafka,
                };
            }

            if (result is null)
                continue;
            var partition = new TopicPartition(result.Topic, result.Partition.Value);
            if (result.IsPartitionEOF)
            {
                if (ends is not null)
                    open.Remove(partition);
                continue;
            }

            if (ends is null || result.Offset.Value < ends[partition])
                records.Add(Record(result));
            if (ends is not null && result.Offset.Value >= ends[partition] - 1)
                open.Remove(partition);
        }

        return records;
    }

    private static SinkRecord Record(ConsumeResult<byte[]?, byte[]?> result) => new()
    {
        Topic = result.Topic,
        Partition = result.Partition.Value,
        Offset = result.Offset.Value,
        Timestamp = result.Message.Timestamp.Type == Confluent.Kafka.TimestampType.NotAvailable
            ? -1
            : result.Message.Timestamp.UnixTimestampMs,
        TimestampType = (TimestampType)result.Message.Timestamp.Type,
        Key = Value(result.Message.Key),
        Value = Value(result.Message.Value),
        Headers = [.. result.Message.Headers.Select(header => new Header(header.Key, Value(header.GetValueBytes())))],
    };

    private static ConnectValue Value(byte[]? bytes) => bytes is null ? ConnectValue.Null : ConnectValue.FromBytes(bytes);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "A preview's Kafka client: {Error}")]
        public static partial void ClientError(ILogger logger, string error);
    }
}
