using Confluent.Kafka;
using Confluent.Kafka.Admin;
using TopicPartition = Exports.Connectors.Sdk.TopicPartition;

namespace Exports.Pipeline;

/// <summary>Reads and writes the offsets of consumer groups through the worker's administrative client.</summary>
public sealed class GroupOffsets(KafkaAdmin admin) : IGroupOffsets
{
    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> ReadAsync(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        var offsets = new Dictionary<TopicPartition, long>(partitions.Count);
        if (partitions.Count == 0)
            return offsets;
        var what = $"the offsets of the group {group}";
        var results = await admin.AskCoordinatorAsync(
            group,
            what,
            (client, limit) => client.ListConsumerGroupOffsetsAsync(
                [new ConsumerGroupTopicPartitions(group, [.. partitions.Select(p => new Confluent.Kafka.TopicPartition(p.Topic, p.Partition))])],
                new ListConsumerGroupOffsetsOptions { RequestTimeout = limit }),
            cancellationToken).ConfigureAwait(false);
        foreach (var (topic, partition, offset, error) in Flatten(results.Single().Partitions))
        {
            // A partition that is not there has no offset.
            if (error.IsError && error.Code is not ErrorCode.UnknownTopicOrPart)
                throw KafkaAdmin.Explain($"{what} for {topic}-{partition}", error);
            if (!error.IsError && offset >= 0)
                offsets[new TopicPartition(topic, partition)] = offset;
        }

        return offsets;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> ReadAllAsync(string group, CancellationToken cancellationToken)
    {
        var what = $"the offsets of the group {group}";
        var results = await admin.AskCoordinatorAsync(
            group,
            what,
            (client, limit) => client.ListConsumerGroupOffsetsAsync(
                [new ConsumerGroupTopicPartitions(group, null)], new ListConsumerGroupOffsetsOptions { RequestTimeout = limit }),
            cancellationToken).ConfigureAwait(false);
        return Flatten(results.Single().Partitions)
            .Where(result => !result.Error.IsError && result.Offset >= 0)
            .ToDictionary(result => new TopicPartition(result.Topic, result.Partition), result => result.Offset);
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        if (partitions.Count == 0)
            return true;
        if (!admin.RemovesGroupOffsets)
            return false;
        var what = $"the group {group} to remove offsets";
        var results = await admin.AskCoordinatorAsync(group, what, RemoveAsync, cancellationToken).ConfigureAwait(false);
        foreach (var (topic, partition, error) in results)
        {
            // What is not there has no offset.
            if (error.IsError && error.Code is not (ErrorCode.UnknownTopicOrPart or ErrorCode.GroupIdNotFound))
                throw KafkaAdmin.Explain($"{what} of {topic}-{partition}", error);
        }

        return true;

        async Task<List<(string Topic, int Partition, Error Error)>> RemoveAsync(IAdminClient client, TimeSpan limit)
        {
            try
            {
                var result = await client.DeleteConsumerGroupOffsetsAsync(
                    group,
                    partitions.Select(p => new Confluent.Kafka.TopicPartition(p.Topic, p.Partition)),
                    new DeleteConsumerGroupOffsetsOptions { RequestTimeout = limit }).ConfigureAwait(false);
                return [.. result.Partitions.Select(removed => (removed.Topic, removed.Partition.Value, new Error(ErrorCode.NoError)))];
            }
            catch (DeleteConsumerGroupOffsetsException e)
            {
                var each = e.Result.Partitions.Select(removed => (removed.Topic, removed.Partition.Value, removed.Error)).ToList();
                return e.Result.Error is { IsError: true } error ? [("all partitions", -1, error)] : each;
            }
        }
    }

    /// <inheritdoc/>
    public async Task WriteAsync(
        string group, IReadOnlyCollection<CommittableOffset> offsets, CancellationToken cancellationToken)
    {
        if (offsets.Count == 0)
            return;
        var what = $"the group {group} new offsets";
        var committed = offsets.Select(o => new TopicPartitionOffset(o.Partition.Topic, o.Partition.Partition, o.Offset)).ToList();
        var results = await admin.AskCoordinatorAsync(
            group,
            what,
            (client, limit) => client.AlterConsumerGroupOffsetsAsync(
                [new ConsumerGroupTopicPartitionOffsets(group, committed)],
                new AlterConsumerGroupOffsetsOptions { RequestTimeout = limit }),
            cancellationToken).ConfigureAwait(false);
        foreach (var (topic, partition, _, error) in Flatten(results.Single().Partitions))
        {
            if (error.IsError)
                throw KafkaAdmin.Explain($"{what} for {topic}-{partition}", error);
        }
    }

    private static IEnumerable<(string Topic, int Partition, long Offset, Error Error)> Flatten(
        IEnumerable<TopicPartitionOffsetError> results)
        => results.Select(result => (result.Topic, result.Partition.Value, result.Offset.Value, result.Error));
}
