using System.Runtime.InteropServices;

namespace Exports.Kafka.Client;

/// <summary>The C functions of librdkafka (rdkafka.h) that <see cref="NativeConsumer"/> uses.</summary>
internal static unsafe partial class ConsumerApi
{
    public const int ConsumerType = 1;
    public const int NoConsumerClose = 0x8;

    private const string Library = LibrdkafkaLoader.Name;

    [LibraryImport(Library)]
    public static partial nint rd_kafka_conf_new();

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_destroy(nint conf);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_conf_set(nint conf, string name, string value, byte* error, nuint errorSize);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_opaque(nint conf, nint opaque);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_log_cb(nint conf, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void> callback);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_error_cb(nint conf, delegate* unmanaged[Cdecl]<nint, int, byte*, nint, void> callback);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_opaque(nint client);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_new(int type, nint conf, byte* error, nuint errorSize);

    [LibraryImport(Library)]
    public static partial void rd_kafka_destroy_flags(nint client, int flags);

    [LibraryImport(Library)]
    public static partial int rd_kafka_poll_set_consumer(nint client);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_queue_get_consumer(nint client);

    [LibraryImport(Library)]
    public static partial void rd_kafka_queue_destroy(nint queue);

    [LibraryImport(Library)]
    public static partial void rd_kafka_queue_yield(nint queue);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_consume_batch_queue(nint queue, int timeout, NativeMessage** messages, nuint size);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_topic_name(nint topic);

    [LibraryImport(Library)]
    public static partial TopicPartitionList* rd_kafka_topic_partition_list_new(int size);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial NativeTopicPartition* rd_kafka_topic_partition_list_add(TopicPartitionList* list, string topic, int partition);

    [LibraryImport(Library)]
    public static partial void rd_kafka_topic_partition_list_destroy(TopicPartitionList* list);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_incremental_assign(nint client, TopicPartitionList* list);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_incremental_unassign(nint client, TopicPartitionList* list);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_get_watermark_offsets(nint client, string topic, int partition, long* low, long* high);

    [LibraryImport(Library)]
    public static partial int rd_kafka_metadata(nint client, int allTopics, nint onlyTopic, nint* metadata, int timeout);

    [LibraryImport(Library)]
    public static partial void rd_kafka_metadata_destroy(nint metadata);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_error_string(nint error);

    [LibraryImport(Library)]
    public static partial int rd_kafka_error_code(nint error);

    [LibraryImport(Library)]
    public static partial void rd_kafka_error_destroy(nint error);

    // The calls below are made for every record. They take well under a microsecond, neither block nor call back, so they
    // are made without leaving the garbage collector's cooperative mode.

    [LibraryImport(Library), SuppressGCTransition]
    public static partial void rd_kafka_message_destroy(NativeMessage* message);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial long rd_kafka_message_timestamp(NativeMessage* message, int* type);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int rd_kafka_message_leader_epoch(NativeMessage* message);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int rd_kafka_message_headers(NativeMessage* message, nint* headers);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial nuint rd_kafka_header_cnt(nint headers);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int rd_kafka_header_get_all(nint headers, nuint index, byte** name, byte** value, nuint* size);

    /// <summary><c>rd_kafka_topic_partition_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct NativeTopicPartition
    {
        public byte* Topic;
        public int Partition;
        public long Offset;
        public void* Metadata;
        public nuint MetadataSize;
        public void* Opaque;
        public int Error;
        public void* Private;
    }

    /// <summary><c>rd_kafka_topic_partition_list_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TopicPartitionList
    {
        public int Count;
        public int Size;
        public NativeTopicPartition* Elements;
    }
}
