using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Exports.Kafka.Client;

/// <summary>A partition and an offset, for <see cref="NativeConsumer"/>.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition's number.</param>
/// <param name="Offset">An offset; ignored where a call needs none.</param>
public readonly record struct PartitionOffset(string Topic, int Partition, long Offset = -1001);

/// <summary>
/// A librdkafka consumer with partitions assigned by hand, read in batches, without a copy and without an allocation for
/// a record. One thread uses it at a time, except for <see cref="Wake"/>, <see cref="IsReachable"/> and <see cref="Destroy"/>.
/// </summary>
public sealed unsafe class NativeConsumer : IDisposable
{
    private readonly Action<int, string, string>? _log;
    private readonly Action<ErrorCode, string>? _error;
    private GCHandle _self;
    private nint _client;
    private nint _queue;

    /// <summary>Makes a consumer. It connects in the background.</summary>
    /// <param name="settings">librdkafka's settings, <c>bootstrap.servers</c> and <c>group.id</c> among them.</param>
    /// <param name="log">Takes librdkafka's log: severity (syslog: 3 error, 4 warning, 6 information, 7 debug), facility and text. Called from any thread.</param>
    /// <param name="error">Takes errors of the client, such as that no broker can be reached. Called within <see cref="Consume"/>.</param>
    /// <exception cref="ArgumentException">A setting is unknown or its value is not allowed; the message says which, and why.</exception>
    public NativeConsumer(
        IEnumerable<KeyValuePair<string, string>> settings,
        Action<int, string, string>? log = null,
        Action<ErrorCode, string>? error = null)
    {
        _log = log;
        _error = error;
        _self = GCHandle.Alloc(this);
        var text = stackalloc byte[512];
        var conf = ConsumerApi.rd_kafka_conf_new();
        foreach (var (name, value) in settings)
        {
            if (ConsumerApi.rd_kafka_conf_set(conf, name, value, text, 512) != 0)
                throw Refused(conf, text);
        }

        ConsumerApi.rd_kafka_conf_set_opaque(conf, GCHandle.ToIntPtr(_self));
        ConsumerApi.rd_kafka_conf_set_log_cb(conf, &OnLog);
        ConsumerApi.rd_kafka_conf_set_error_cb(conf, &OnError);
        _client = ConsumerApi.rd_kafka_new(ConsumerApi.ConsumerType, conf, text, 512);
        if (_client == 0)
            throw Refused(conf, text);
        _ = ConsumerApi.rd_kafka_poll_set_consumer(_client);
        _queue = ConsumerApi.rd_kafka_queue_get_consumer(_client);
    }

    /// <summary>Begins to read partitions at their offsets.</summary>
    /// <exception cref="KafkaException">A partition is assigned already.</exception>
    public void Assign(ReadOnlySpan<PartitionOffset> partitions)
    {
        var list = ListOf(partitions);
        ThrowOnError(ConsumerApi.rd_kafka_incremental_assign(_client, list), list);
    }

    /// <summary>Stops reading partitions. Records of theirs that <see cref="Consume"/> has returned stay valid.</summary>
    /// <exception cref="KafkaException">A partition is not assigned.</exception>
    public void Unassign(ReadOnlySpan<PartitionOffset> partitions)
    {
        var list = ListOf(partitions);
        ThrowOnError(ConsumerApi.rd_kafka_incremental_unassign(_client, list), list);
    }

    /// <summary>
    /// Returns records and errors: waits until <paramref name="messages"/> is full, the time is up or <see cref="Wake"/> is
    /// called. Each one must be given to <see cref="Destroy"/>.
    /// </summary>
    /// <param name="messages">Room for the messages.</param>
    /// <param name="size">How many there is room for.</param>
    /// <param name="milliseconds">The time limit; 0 takes only what is there.</param>
    /// <returns>The number of messages.</returns>
    public int Consume(NativeMessage** messages, int size, int milliseconds)
        => (int)ConsumerApi.rd_kafka_consume_batch_queue(_queue, milliseconds, messages, (nuint)size);

    /// <summary>Makes a waiting <see cref="Consume"/> return, or the next one. Callable from any thread until disposal.</summary>
    public void Wake() => ConsumerApi.rd_kafka_queue_yield(_queue);

    /// <summary>
    /// The end of an assigned partition, as the last answer from its broker had it: the offset that the next record gets. Null before the
    /// first answer. Asks nobody; callable from any thread until disposal.
    /// </summary>
    public long? EndOffset(string topic, int partition)
    {
        long low, high;
        return ConsumerApi.rd_kafka_get_watermark_offsets(_client, topic, partition, &low, &high) == 0 && high >= 0 ? high : null;
    }

    /// <summary>Whether a broker answers within a time. Blocks; callable from any thread until disposal.</summary>
    public bool IsReachable(int milliseconds)
    {
        nint metadata;
        if (ConsumerApi.rd_kafka_metadata(_client, 0, 0, &metadata, milliseconds) != 0)
            return false;
        ConsumerApi.rd_kafka_metadata_destroy(metadata);
        return true;
    }

    /// <summary>Gives a message's memory back. Callable from any thread; all messages before the consumer is disposed of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Destroy(NativeMessage* message) => ConsumerApi.rd_kafka_message_destroy(message);

    /// <summary>A record's timestamp in milliseconds since 1970 (−1: none), and its type: 0 none, 1 create time, 2 append time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Timestamp(NativeMessage* message, out int type)
    {
        int kind;
        var timestamp = ConsumerApi.rd_kafka_message_timestamp(message, &kind);
        type = kind;
        return timestamp;
    }

    /// <summary>
    /// Whether a record may have headers. Asking librdkafka for them costs several allocations even when there are none,
    /// which is more than all the rest that is done for a record.
    /// </summary>
    /// <remarks>
    /// Kafka's record format 2 has the number of headers, as a variable-length integer, right behind the value; librdkafka
    /// leaves records as they came (or were decompressed), in one piece. Older formats have neither headers nor the leader's
    /// epoch, which tells them apart.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayHaveHeaders(NativeMessage* message)
        => message->Value is null
            || ConsumerApi.rd_kafka_message_leader_epoch(message) < 0
            || message->Value[message->ValueLength] != 0;

    /// <summary>A record's headers, for <see cref="GetHeader"/>; 0 when it has none. Parsed by the first call.</summary>
    public static nint Headers(NativeMessage* message, out int count)
    {
        nint headers;
        var error = ConsumerApi.rd_kafka_message_headers(message, &headers);
        if (error != 0)
        {
            count = 0;
            return error == (int)ErrorCode.Local_NoEnt
                ? 0
                : throw new KafkaException((ErrorCode)error);
        }

        count = (int)ConsumerApi.rd_kafka_header_cnt(headers);
        return headers;
    }

    /// <summary>A header by its index. Name and value lie in the record's memory.</summary>
    /// <param name="headers">From <see cref="Headers"/>.</param>
    /// <param name="index">From 0.</param>
    /// <param name="name">The name, UTF-8.</param>
    /// <param name="value">The value's first byte; null when there is no value.</param>
    /// <param name="valueLength">The value's length in bytes.</param>
    public static void GetHeader(nint headers, int index, out ReadOnlySpan<byte> name, out byte* value, out int valueLength)
    {
        byte* nameStart;
        byte* valueStart;
        nuint size;
        if (ConsumerApi.rd_kafka_header_get_all(headers, (nuint)index, &nameStart, &valueStart, &size) != 0)
            throw new ArgumentOutOfRangeException(nameof(index), index, "The record has no such header.");
        name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(nameStart);
        value = valueStart;
        valueLength = (int)size;
    }

    /// <summary>The name behind <see cref="NativeMessage.Topic"/>.</summary>
    public static string TopicName(nint topic) => Marshal.PtrToStringUTF8(ConsumerApi.rd_kafka_topic_name(topic))!;

    /// <summary>Closes the consumer. Blocks until every message has been destroyed.</summary>
    public void Dispose()
    {
        if (_client == 0)
            return;
        ConsumerApi.rd_kafka_queue_destroy(_queue);
        // There is no group to leave and nothing to commit.
        ConsumerApi.rd_kafka_destroy_flags(_client, ConsumerApi.NoConsumerClose);
        _client = _queue = 0;
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(nint client, int level, byte* facility, byte* text)
    {
        if (GCHandle.FromIntPtr(ConsumerApi.rd_kafka_opaque(client)).Target is NativeConsumer { _log: { } log })
            log(level, Marshal.PtrToStringUTF8((nint)facility)!, Marshal.PtrToStringUTF8((nint)text)!);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(nint client, int error, byte* text, nint self)
    {
        if (GCHandle.FromIntPtr(self).Target is NativeConsumer { _error: { } report })
            report((ErrorCode)error, Marshal.PtrToStringUTF8((nint)text)!);
    }

    private static ConsumerApi.TopicPartitionList* ListOf(ReadOnlySpan<PartitionOffset> partitions)
    {
        var list = ConsumerApi.rd_kafka_topic_partition_list_new(partitions.Length);
        foreach (var (topic, partition, offset) in partitions)
            ConsumerApi.rd_kafka_topic_partition_list_add(list, topic, partition)->Offset = offset;
        return list;
    }

    private static void ThrowOnError(nint error, ConsumerApi.TopicPartitionList* list)
    {
        ConsumerApi.rd_kafka_topic_partition_list_destroy(list);
        if (error == 0)
            return;
        var exception = new KafkaException(new Error(
            (ErrorCode)ConsumerApi.rd_kafka_error_code(error),
            Marshal.PtrToStringUTF8(ConsumerApi.rd_kafka_error_string(error))));
        ConsumerApi.rd_kafka_error_destroy(error);
        throw exception;
    }

    private ArgumentException Refused(nint conf, byte* text)
    {
        ConsumerApi.rd_kafka_conf_destroy(conf);
        _self.Free();
        return new ArgumentException($"The Kafka client refuses its settings: {Marshal.PtrToStringUTF8((nint)text)}");
    }
}
