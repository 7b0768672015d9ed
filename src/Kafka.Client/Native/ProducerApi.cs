using System.Runtime.InteropServices;

namespace Exports.Kafka.Client;

/// <summary>The C functions of librdkafka (rdkafka.h) that <see cref="NativeProducer"/> and the check of settings use.</summary>
internal static unsafe partial class ProducerApi
{
    public const int ProducerType = 0;

    public const int CopyPayload = 0x2;

    public const int PurgeQueued = 0x1;
    public const int PurgeInFlight = 0x2;
    public const int PurgeNonBlocking = 0x4;

    public const int EventDelivery = 0x1;
    public const int EventLog = 0x4;
    public const int EventError = 0x8;

    private const string Library = LibrdkafkaLoader.Name;

    /// <summary>What an <see cref="Argument"/> says of a record (<c>rd_kafka_vtype_t</c>).</summary>
    public enum ArgumentType
    {
        TopicHandle = 2,
        Partition = 3,
        Value = 4,
        Key = 5,
        Opaque = 6,
        Flags = 7,
        Timestamp = 8,
        Headers = 10,
    }

    [LibraryImport(Library)]
    public static partial nint rd_kafka_conf_new();

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_destroy(nint conf);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_conf_set(nint conf, string name, string? value, byte* error, nuint errorSize);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_conf_get(nint conf, string name, byte* value, nuint* size);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_events(nint conf, int events);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_new(int type, nint conf, byte* error, nuint errorSize);

    [LibraryImport(Library)]
    public static partial void rd_kafka_destroy(nint client);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_queue_get_main(nint client);

    [LibraryImport(Library)]
    public static partial void rd_kafka_queue_destroy(nint queue);

    [LibraryImport(Library)]
    public static partial void rd_kafka_queue_yield(nint queue);

    [LibraryImport(Library)]
    public static partial int rd_kafka_set_log_queue(nint client, nint queue);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_queue_poll(nint queue, int milliseconds);

    [LibraryImport(Library)]
    public static partial int rd_kafka_event_type(nint @event);

    [LibraryImport(Library)]
    public static partial void rd_kafka_event_destroy(nint @event);

    [LibraryImport(Library)]
    public static partial nuint rd_kafka_event_message_count(nint @event);

    [LibraryImport(Library)]
    public static partial nuint rd_kafka_event_message_array(nint @event, NativeMessage** messages, nuint size);

    [LibraryImport(Library)]
    public static partial int rd_kafka_event_error(nint @event);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_event_error_string(nint @event);

    [LibraryImport(Library)]
    public static partial int rd_kafka_event_error_is_fatal(nint @event);

    [LibraryImport(Library)]
    public static partial int rd_kafka_event_log(nint @event, nint* facility, nint* text, int* level);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_message_produce_errstr(NativeMessage* message);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_err2str(int error);

    [LibraryImport(Library)]
    public static partial int rd_kafka_fatal_error(nint client, byte* error, nuint errorSize);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rd_kafka_topic_new(nint client, string topic, nint conf);

    [LibraryImport(Library)]
    public static partial void rd_kafka_topic_destroy(nint topic);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_produceva(nint client, Argument* arguments, nuint count);

    [LibraryImport(Library)]
    public static partial int rd_kafka_error_code(nint error);

    [LibraryImport(Library)]
    public static partial void rd_kafka_error_destroy(nint error);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_headers_new(nuint count);

    [LibraryImport(Library)]
    public static partial void rd_kafka_headers_destroy(nint headers);

    [LibraryImport(Library)]
    public static partial int rd_kafka_header_add(nint headers, byte* name, nint nameLength, byte* value, nint valueLength);

    [LibraryImport(Library)]
    public static partial int rd_kafka_purge(nint client, int flags);

    [LibraryImport(Library)]
    public static partial int rd_kafka_flush(nint client, int milliseconds);

    [LibraryImport(Library)]
    public static partial int rd_kafka_metadata(nint client, int allTopics, nint topic, Metadata** metadata, int milliseconds);

    [LibraryImport(Library)]
    public static partial void rd_kafka_metadata_destroy(Metadata* metadata);

    /// <summary>One thing that is said of a record to produce (<c>rd_kafka_vu_t</c>).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    public struct Argument
    {
        [FieldOffset(0)]
        public ArgumentType Type;

        [FieldOffset(8)]
        public int Number;

        [FieldOffset(8)]
        public long LongNumber;

        [FieldOffset(8)]
        public void* Pointer;

        [FieldOffset(16)]
        public nuint Size;
    }

    /// <summary><c>rd_kafka_metadata_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Metadata
    {
        public int BrokerCount;
        public void* Brokers;
        public int TopicCount;
        public TopicMetadata* Topics;
    }

    /// <summary><c>rd_kafka_metadata_topic_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TopicMetadata
    {
        public byte* Name;
        public int PartitionCount;
        public void* Partitions;
        public int Error;
    }
}
