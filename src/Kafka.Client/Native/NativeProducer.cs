using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Exports.Kafka.Client;

/// <summary>
/// A librdkafka producer without an allocation for a record: values can stay where they are until they are delivered, and
/// delivery is reported in batches. One thread produces and one polls at a time; other members can be called by any.
/// </summary>
public sealed unsafe partial class NativeProducer : IDisposable
{
    private const int ReportsAtOnce = 512;
    private const int LongestNameOnStack = 256;

    private readonly Dictionary<string, nint> _topics = new(StringComparer.Ordinal);
    private readonly NativeMessage** _reports;
    private readonly ProducerApi.Argument* _arguments;
    private nint _client;
    private nint _queue;

    /// <summary>Makes a producer. It connects in the background.</summary>
    /// <param name="settings">librdkafka's settings, <c>bootstrap.servers</c> among them.</param>
    /// <exception cref="ArgumentException">The settings cannot work, alone or together; the message says why.</exception>
    public NativeProducer(IEnumerable<KeyValuePair<string, string>> settings)
    {
        LibrdkafkaLoader.Load();
        var text = stackalloc byte[512];
        var conf = ProducerApi.rd_kafka_conf_new();
        foreach (var (name, value) in settings)
        {
            if (ProducerApi.rd_kafka_conf_set(conf, name, value, text, 512) != 0)
                throw Refused(conf, text);
        }

        // Log lines come as events, through the same queue as everything else.
        if (ProducerApi.rd_kafka_conf_set(conf, "log.queue", "true", text, 512) != 0)
            throw Refused(conf, text);
        ProducerApi.rd_kafka_conf_set_events(
            conf, ProducerApi.EventDelivery | ProducerApi.EventError | ProducerApi.EventLog);
        _client = ProducerApi.rd_kafka_new(ProducerApi.ProducerType, conf, text, 512);
        if (_client == 0)
            throw Refused(conf, text);
        _queue = ProducerApi.rd_kafka_queue_get_main(_client);
        _ = ProducerApi.rd_kafka_set_log_queue(_client, _queue);
        _reports = (NativeMessage**)NativeMemory.Alloc(ReportsAtOnce, (nuint)sizeof(NativeMessage*));
        _arguments = (ProducerApi.Argument*)NativeMemory.AllocZeroed(8, (nuint)sizeof(ProducerApi.Argument));
        _arguments[0].Type = ProducerApi.ArgumentType.TopicHandle;
        _arguments[1].Type = ProducerApi.ArgumentType.Partition;
        _arguments[2].Type = ProducerApi.ArgumentType.Key;
        _arguments[3].Type = ProducerApi.ArgumentType.Value;
        _arguments[4].Type = ProducerApi.ArgumentType.Timestamp;
        _arguments[5].Type = ProducerApi.ArgumentType.Headers;
        _arguments[6].Type = ProducerApi.ArgumentType.Opaque;
        _arguments[7].Type = ProducerApi.ArgumentType.Flags;
    }

    /// <summary>The partition by which librdkafka is asked to choose one.</summary>
    public static int AnyPartition => -1;

    /// <summary>The error that ended this producer's work, or <see cref="ErrorCode.NoError"/>.</summary>
    public ErrorCode FatalError => (ErrorCode)ProducerApi.rd_kafka_fatal_error(_client, null, 0);

    /// <summary>A topic's handle, for <see cref="Produce"/>. Called by the thread that produces.</summary>
    /// <exception cref="ArgumentException">The name is not one of a topic.</exception>
    public nint Topic(string name)
    {
        if (_topics.TryGetValue(name, out var handle))
            return handle;
        handle = ProducerApi.rd_kafka_topic_new(_client, name, 0);
        if (handle == 0)
            throw new ArgumentException($"'{name}' is not the name of a topic.", nameof(name));
        _topics.Add(name, handle);
        return handle;
    }

    /// <summary>Makes a list of headers, to be given to <see cref="Produce"/> or to <see cref="DestroyHeaders"/>.</summary>
    public static nint CreateHeaders(int count) => ProducerApi.rd_kafka_headers_new((nuint)count);

    /// <summary>Adds a header to a list. Name and value are copied.</summary>
    /// <param name="headers">The list.</param>
    /// <param name="name">The header's name.</param>
    /// <param name="value">The value.</param>
    /// <param name="hasValue">False when there is no value, as opposed to an empty one.</param>
    public static void AddHeader(nint headers, string name, ReadOnlySpan<byte> value, bool hasValue)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        Span<byte> bytes = length <= LongestNameOnStack ? stackalloc byte[LongestNameOnStack] : new byte[length];
        Encoding.UTF8.GetBytes(name, bytes);
        byte nothing = 0;
        fixed (byte* nameStart = bytes, valueStart = value)
        {
            // A null pointer means that there is no value, and that is what an empty span gives.
            var start = !hasValue ? null : valueStart is null ? &nothing : valueStart;
            _ = ProducerApi.rd_kafka_header_add(headers, nameStart, length, start, value.Length);
        }
    }

    /// <summary>Gives up a list of headers that was not produced.</summary>
    public static void DestroyHeaders(nint headers) => ProducerApi.rd_kafka_headers_destroy(headers);

    /// <summary>Hands a record over for delivery. Called by one thread at a time.</summary>
    /// <param name="topic">From <see cref="Topic"/>.</param>
    /// <param name="partition">The partition's number, or <see cref="AnyPartition"/>.</param>
    /// <param name="key">The key's first byte; null for no key. Copied.</param>
    /// <param name="keyLength">The key's length in bytes.</param>
    /// <param name="value">The value's first byte; null for no value.</param>
    /// <param name="valueLength">The value's length in bytes.</param>
    /// <param name="copyValue">Whether to copy the value. Otherwise it must stay until the record's report.</param>
    /// <param name="timestamp">Milliseconds since 1970; 0 for now.</param>
    /// <param name="headers">From <see cref="CreateHeaders"/>, or 0. Belongs to the producer unless an error is returned.</param>
    /// <param name="opaque">Comes back with the record's report.</param>
    /// <returns>
    /// <see cref="ErrorCode.NoError"/>: a report will follow. Anything else: none will; among others
    /// <see cref="ErrorCode.Local_QueueFull"/>, <see cref="ErrorCode.MsgSizeTooLarge"/>,
    /// <see cref="ErrorCode.Local_UnknownPartition"/>, <see cref="ErrorCode.Local_UnknownTopic"/> and, after a fatal error,
    /// <see cref="ErrorCode.Local_Fatal"/>.
    /// </returns>
    public ErrorCode Produce(
        nint topic,
        int partition,
        byte* key,
        int keyLength,
        byte* value,
        int valueLength,
        bool copyValue,
        long timestamp,
        nint headers,
        nint opaque)
    {
        var arguments = _arguments;
        arguments[0].Pointer = (void*)topic;
        arguments[1].Number = partition;
        arguments[2].Pointer = key;
        arguments[2].Size = (nuint)keyLength;
        arguments[3].Pointer = value;
        arguments[3].Size = (nuint)valueLength;
        arguments[4].LongNumber = timestamp;
        arguments[5].Pointer = (void*)headers;
        arguments[6].Pointer = (void*)opaque;
        arguments[7].Number = copyValue ? ProducerApi.CopyPayload : 0;
        var error = ProducerApi.rd_kafka_produceva(_client, arguments, 8);
        if (error == 0)
            return ErrorCode.NoError;
        var code = (ErrorCode)ProducerApi.rd_kafka_error_code(error);
        ProducerApi.rd_kafka_error_destroy(error);
        // After a fatal error librdkafka answers with that error itself.
        return FatalError == code ? ErrorCode.Local_Fatal : code;
    }

    /// <summary>Waits for the next event and hands it over. Called by one thread at a time.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Poll(IProducerEvents events, int milliseconds)
    {
        var next = ProducerApi.rd_kafka_queue_poll(_queue, milliseconds);
        if (next == 0)
            return false;
        try
        {
            switch (ProducerApi.rd_kafka_event_type(next))
            {
                case ProducerApi.EventDelivery:
                    var size = (int)ProducerApi.rd_kafka_event_message_count(next);
                    int taken;
                    while ((taken = (int)ProducerApi.rd_kafka_event_message_array(next, _reports, ReportsAtOnce)) > 0)
                        events.OnReports(_reports, taken, size);
                    break;
                case ProducerApi.EventError:
                    events.OnError(
                        (ErrorCode)ProducerApi.rd_kafka_event_error(next),
                        Marshal.PtrToStringUTF8(ProducerApi.rd_kafka_event_error_string(next)) ?? "",
                        ProducerApi.rd_kafka_event_error_is_fatal(next) != 0);
                    break;
                case ProducerApi.EventLog:
                    nint facility;
                    nint text;
                    int level;
                    if (ProducerApi.rd_kafka_event_log(next, &facility, &text, &level) == 0)
                        events.OnLog(level, Marshal.PtrToStringUTF8(facility) ?? "", Marshal.PtrToStringUTF8(text) ?? "");
                    break;
            }
        }
        finally
        {
            ProducerApi.rd_kafka_event_destroy(next);
        }

        return true;
    }

    /// <summary>Makes a waiting <see cref="Poll"/> return, or the next one.</summary>
    public void Wake() => ProducerApi.rd_kafka_queue_yield(_queue);

    /// <summary>Why a report's record failed, in words.</summary>
    public static string Describe(NativeMessage* report)
        => Marshal.PtrToStringUTF8(ProducerApi.rd_kafka_message_produce_errstr(report)) ?? Describe(report->Error);

    /// <summary>An error in words.</summary>
    public static string Describe(ErrorCode error) => Marshal.PtrToStringUTF8(ProducerApi.rd_kafka_err2str((int)error))!;

    /// <summary>
    /// Gives up records that are not delivered yet: they are reported as <see cref="ErrorCode.Local_PurgeQueue"/>, or
    /// <see cref="ErrorCode.Local_PurgeInflight"/> where the broker may have them already. Does not wait.
    /// </summary>
    /// <param name="inFlight">Also those that were sent and not answered.</param>
    public void Purge(bool inFlight)
        => _ = ProducerApi.rd_kafka_purge(
            _client,
            ProducerApi.PurgeQueued | ProducerApi.PurgeNonBlocking | (inFlight ? ProducerApi.PurgeInFlight : 0));

    /// <summary>Sends at once what waits for company, and waits until everything has been reported and polled.</summary>
    /// <returns><see cref="ErrorCode.NoError"/>, or <see cref="ErrorCode.Local_TimedOut"/>.</returns>
    public ErrorCode Flush(int milliseconds) => (ErrorCode)ProducerApi.rd_kafka_flush(_client, milliseconds);

    /// <summary>Asks the cluster for the number of a topic's partitions. Blocks.</summary>
    /// <returns>The number, or null when the cluster does not know the topic or did not answer.</returns>
    public int? PartitionCount(nint topic, int milliseconds)
    {
        return AskPartitionCount(topic, milliseconds, out var count) == ErrorCode.NoError ? count : null;
    }

    /// <summary>Asks the cluster for the number of a topic's partitions. Blocks.</summary>
    /// <param name="topic">From <see cref="Topic"/>.</param>
    /// <param name="milliseconds">How long to wait.</param>
    /// <param name="count">The number; 0 with an error.</param>
    /// <returns>
    /// <see cref="ErrorCode.NoError"/>; the topic's error, such as <see cref="ErrorCode.UnknownTopicOrPart"/>; or that no
    /// broker has answered: <see cref="ErrorCode.Local_TimedOut"/>, <see cref="ErrorCode.Local_Transport"/>.
    /// </returns>
    public ErrorCode AskPartitionCount(nint topic, int milliseconds, out int count)
    {
        count = 0;
        ProducerApi.Metadata* metadata;
        var error = (ErrorCode)ProducerApi.rd_kafka_metadata(_client, 0, topic, &metadata, milliseconds);
        if (error != ErrorCode.NoError)
            return error;
        error = metadata->TopicCount > 0 ? (ErrorCode)metadata->Topics[0].Error : ErrorCode.UnknownTopicOrPart;
        if (error == ErrorCode.NoError)
            count = metadata->Topics[0].PartitionCount;
        ProducerApi.rd_kafka_metadata_destroy(metadata);
        return error;
    }

    /// <summary>Asks whether a broker answers. Blocks.</summary>
    public bool IsReachable(int milliseconds)
    {
        ProducerApi.Metadata* metadata;
        if (ProducerApi.rd_kafka_metadata(_client, 0, 0, &metadata, milliseconds) != 0)
            return false;
        ProducerApi.rd_kafka_metadata_destroy(metadata);
        return true;
    }

    /// <summary>Closes the producer. Records that have not been reported are lost: purge or flush first.</summary>
    public void Dispose()
    {
        if (_client == 0)
            return;
        foreach (var topic in _topics.Values)
            ProducerApi.rd_kafka_topic_destroy(topic);
        ProducerApi.rd_kafka_queue_destroy(_queue);
        ProducerApi.rd_kafka_destroy(_client);
        NativeMemory.Free(_reports);
        NativeMemory.Free(_arguments);
        _client = _queue = 0;
    }

    private static ArgumentException Refused(nint conf, byte* text)
    {
        ProducerApi.rd_kafka_conf_destroy(conf);
        return new ArgumentException($"The Kafka client refuses its settings: {Marshal.PtrToStringUTF8((nint)text)}");
    }
}
