using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Exports.Kafka.Client;

/// <content>
/// Transactions, for producers with a <c>transactional.id</c>. Their calls are made by one thread at a time, and block.
/// </content>
public sealed unsafe partial class NativeProducer
{
    // librdkafka 2.15.1 aborts the process when a question to a group coordinator has run out of time while none was known,
    // and one becomes known later (confluentinc/librdkafka#4605). So the question gets the longest time that there is, and
    // whoever asks waits no longer than he would, and closes the producer when there was no answer.
    private const int LongestQuestion = 3_600_000;
    private const int PollMilliseconds = 100;

    /// <summary>
    /// Ends the transaction that another producer of this <c>transactional.id</c> may have begun, and keeps that producer from
    /// writing anything from now on. Once, before any transaction; may be called again when it was not answered in time.
    /// </summary>
    /// <returns>Null when it is done.</returns>
    public TransactionFailure? InitTransactions(int milliseconds)
        => Failure(TransactionApi.rd_kafka_init_transactions(_client, milliseconds));

    /// <summary>Begins a transaction; what is produced from now on belongs to it.</summary>
    /// <returns>Null when it is done.</returns>
    public TransactionFailure? BeginTransaction() => Failure(TransactionApi.rd_kafka_begin_transaction(_client));

    /// <summary>
    /// Makes an offset part of the transaction: it is committed to the group with the transaction's records, or not at all.
    /// </summary>
    /// <param name="group">A consumer group of this producer's cluster, without members.</param>
    /// <param name="position">The partition, which this producer's cluster must have, and the offset.</param>
    /// <param name="milliseconds">How long to wait.</param>
    /// <returns>Null when it is done.</returns>
    public TransactionFailure? SendOffset(string group, PartitionOffset position, int milliseconds)
    {
        var list = ListOf(position);
        list->Elements[0].Offset = position.Offset;
        var metadata = TransactionApi.rd_kafka_consumer_group_metadata_new(group);
        var failure = Failure(TransactionApi.rd_kafka_send_offsets_to_transaction(_client, list, metadata, milliseconds));
        TransactionApi.rd_kafka_consumer_group_metadata_destroy(metadata);
        ConsumerApi.rd_kafka_topic_partition_list_destroy(list);
        return failure;
    }

    /// <summary>
    /// Commits the transaction. Everything must have been reported. May be called again when it was not answered in time:
    /// then it is not known whether the transaction will turn out to be committed.
    /// </summary>
    /// <returns>Null when it is done.</returns>
    public TransactionFailure? CommitTransaction(int milliseconds)
        => Failure(TransactionApi.rd_kafka_commit_transaction(_client, milliseconds));

    /// <summary>
    /// Gives the transaction up. What is not reported yet is purged; somebody must <see cref="Poll"/> meanwhile. May be called
    /// again when it was not answered in time.
    /// </summary>
    /// <returns>Null when it is done.</returns>
    public TransactionFailure? AbortTransaction(int milliseconds)
        => Failure(TransactionApi.rd_kafka_abort_transaction(_client, milliseconds));

    /// <summary>Asks for the offset that a group has committed for a partition. Blocks.</summary>
    /// <param name="group">A consumer group of this producer's cluster.</param>
    /// <param name="topic">The partition's topic.</param>
    /// <param name="partition">The partition's number.</param>
    /// <param name="milliseconds">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait, as if time were up.</param>
    /// <param name="offset">The offset; null when the group has none, or the cluster has no such partition.</param>
    /// <returns>
    /// Null when there was an answer. After <see cref="ErrorCode.Local_TimedOut"/> the producer should be closed within
    /// half an hour.
    /// </returns>
    public TransactionFailure? AskCommitted(
        string group, string topic, int partition, int milliseconds, CancellationToken cancellationToken, out long? offset)
    {
        offset = null;
        var queue = TransactionApi.rd_kafka_queue_new(_client);
        var options = TransactionApi.rd_kafka_AdminOptions_new(_client, TransactionApi.ListConsumerGroupOffsets);
        var text = stackalloc byte[256];
        _ = TransactionApi.rd_kafka_AdminOptions_set_request_timeout(options, LongestQuestion, text, 256);
        var refused = TransactionApi.rd_kafka_AdminOptions_set_require_stable_offsets(options, 1);
        Debug.Assert(refused == 0, "The option exists.");
        var list = ListOf(new PartitionOffset(topic, partition));
        var question = TransactionApi.rd_kafka_ListConsumerGroupOffsets_new(group, list);
        TransactionApi.rd_kafka_ListConsumerGroupOffsets(_client, &question, 1, options, queue);
        TransactionApi.rd_kafka_ListConsumerGroupOffsets_destroy(question);
        ConsumerApi.rd_kafka_topic_partition_list_destroy(list);
        TransactionApi.rd_kafka_AdminOptions_destroy(options);
        nint answer = 0;
        for (var deadline = Environment.TickCount64 + milliseconds;
            answer == 0 && !cancellationToken.IsCancellationRequested && deadline > Environment.TickCount64;)
        {
            answer = ProducerApi.rd_kafka_queue_poll(queue, PollMilliseconds);
        }

        ProducerApi.rd_kafka_queue_destroy(queue);
        if (answer == 0)
            return new(ErrorCode.Local_TimedOut, Describe(ErrorCode.Local_TimedOut), IsRetriable: true, false, false);
        try
        {
            var error = ReadCommitted(answer, ref offset);
            return error == ErrorCode.NoError
                ? null
                : new(error, Describe(error), error is ErrorCode.UnstableOffsetCommit or ErrorCode.GroupLoadInProgress, false, false);
        }
        finally
        {
            ProducerApi.rd_kafka_event_destroy(answer);
        }
    }

    private static ErrorCode ReadCommitted(nint answer, ref long? offset)
    {
        var error = (ErrorCode)ProducerApi.rd_kafka_event_error(answer);
        if (error != ErrorCode.NoError)
            return error;
        nuint count;
        var groups = TransactionApi.rd_kafka_ListConsumerGroupOffsets_result_groups(
            TransactionApi.rd_kafka_event_ListConsumerGroupOffsets_result(answer), &count);
        var groupError = TransactionApi.rd_kafka_group_result_error(groups[0]);
        if (groupError != 0)
            return (ErrorCode)ConsumerApi.rd_kafka_error_code(groupError);
        var partitions = TransactionApi.rd_kafka_group_result_partitions(groups[0]);
        if (partitions->Count == 0)
            return ErrorCode.NoError;
        ref readonly var partition = ref partitions->Elements[0];
        if (partition.Error != 0)
            return (ErrorCode)partition.Error is var code and not ErrorCode.UnknownTopicOrPart ? code : ErrorCode.NoError;
        offset = partition.Offset >= 0 ? partition.Offset : null;
        return ErrorCode.NoError;
    }

    private static ConsumerApi.TopicPartitionList* ListOf(PartitionOffset position)
    {
        var list = ConsumerApi.rd_kafka_topic_partition_list_new(1);
        _ = ConsumerApi.rd_kafka_topic_partition_list_add(list, position.Topic, position.Partition);
        return list;
    }

    private static TransactionFailure? Failure(nint error)
    {
        if (error == 0)
            return null;
        var failure = new TransactionFailure(
            (ErrorCode)ConsumerApi.rd_kafka_error_code(error),
            Marshal.PtrToStringUTF8(ConsumerApi.rd_kafka_error_string(error)) ?? "",
            TransactionApi.rd_kafka_error_is_retriable(error) != 0,
            TransactionApi.rd_kafka_error_txn_requires_abort(error) != 0,
            TransactionApi.rd_kafka_error_is_fatal(error) != 0);
        ConsumerApi.rd_kafka_error_destroy(error);
        return failure;
    }
}
