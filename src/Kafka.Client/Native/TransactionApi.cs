using System.Runtime.InteropServices;

namespace Exports.Kafka.Client;

/// <summary>The C functions of librdkafka (rdkafka.h) for transactions, and for what a group has committed.</summary>
internal static unsafe partial class TransactionApi
{
    public const int ListConsumerGroupOffsets = 14;

    private const string Library = LibrdkafkaLoader.Name;

    [LibraryImport(Library)]
    public static partial nint rd_kafka_init_transactions(nint client, int milliseconds);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_begin_transaction(nint client);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_send_offsets_to_transaction(
        nint client, ConsumerApi.TopicPartitionList* offsets, nint group, int milliseconds);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_commit_transaction(nint client, int milliseconds);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_abort_transaction(nint client, int milliseconds);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rd_kafka_consumer_group_metadata_new(string group);

    [LibraryImport(Library)]
    public static partial void rd_kafka_consumer_group_metadata_destroy(nint group);

    [LibraryImport(Library)]
    public static partial int rd_kafka_error_is_fatal(nint error);

    [LibraryImport(Library)]
    public static partial int rd_kafka_error_is_retriable(nint error);

    [LibraryImport(Library)]
    public static partial int rd_kafka_error_txn_requires_abort(nint error);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_queue_new(nint client);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_AdminOptions_new(nint client, int operation);

    [LibraryImport(Library)]
    public static partial void rd_kafka_AdminOptions_destroy(nint options);

    [LibraryImport(Library)]
    public static partial int rd_kafka_AdminOptions_set_request_timeout(
        nint options, int milliseconds, byte* error, nuint errorSize);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_AdminOptions_set_require_stable_offsets(nint options, int value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rd_kafka_ListConsumerGroupOffsets_new(string group, ConsumerApi.TopicPartitionList* partitions);

    [LibraryImport(Library)]
    public static partial void rd_kafka_ListConsumerGroupOffsets_destroy(nint question);

    [LibraryImport(Library)]
    public static partial void rd_kafka_ListConsumerGroupOffsets(
        nint client, nint* questions, nuint count, nint options, nint queue);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_event_ListConsumerGroupOffsets_result(nint @event);

    [LibraryImport(Library)]
    public static partial nint* rd_kafka_ListConsumerGroupOffsets_result_groups(nint result, nuint* count);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_group_result_error(nint group);

    [LibraryImport(Library)]
    public static partial ConsumerApi.TopicPartitionList* rd_kafka_group_result_partitions(nint group);
}
