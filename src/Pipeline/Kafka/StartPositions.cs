using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Exports.Connectors.Sdk;
using TopicPartition = Exports.Connectors.Sdk.TopicPartition;

namespace Exports.Pipeline;

/// <summary>Where a task begins to read when nobody has told it, or when there are no records where it stands.</summary>
internal sealed class StartPositions(KafkaAdmin admin, IGroupOffsets groupOffsets, StartPositions.Settings settings)
{
    /// <summary>What a partition without an offset is to do (<c>auto.offset.reset</c>).</summary>
    public enum Reset
    {
        /// <summary>Begin with the first record that there is.</summary>
        Earliest,

        /// <summary>Begin with the next record that is written.</summary>
        Latest,

        /// <summary>Fail.</summary>
        None,
    }

    /// <summary>The positions of partitions: given ones, else the group's, else what <c>auto.offset.reset</c> says.</summary>
    /// <returns>Offsets, or <see cref="LanePartition.Beginning"/>, in the order asked for.</returns>
    /// <exception cref="RetriableException">Kafka did not answer in time.</exception>
    /// <exception cref="ConnectException">There is no offset, and <c>auto.offset.reset</c> is <c>none</c>.</exception>
    public async Task<long[]> ResolveAsync(IReadOnlyList<StartPosition> wanted, CancellationToken cancellationToken)
    {
        var asked = wanted.Where(w => w.Offset is null).Select(w => w.Partition).ToArray();
        var committed = await groupOffsets.ReadAsync(settings.Group, asked, cancellationToken).ConfigureAwait(false);
        var unknown = asked.Where(partition => !committed.ContainsKey(partition))
            .Concat(wanted.Where(w => w.Offset == StartPosition.Reset).Select(w => w.Partition))
            .ToArray();
        var begun = unknown.Length == 0
            ? []
            : await ResetAsync(unknown, resolvesEarliest: false, cancellationToken).ConfigureAwait(false);
        return
        [
            .. wanted.Select(w => w.Offset is { } given and not StartPosition.Reset
                ? given
                : committed.TryGetValue(w.Partition, out var offset) ? offset : begun[w.Partition]),
        ];
    }

    /// <summary>The position from which a partition goes on whose own position does not exist.</summary>
    /// <exception cref="RetriableException">Kafka did not answer in time.</exception>
    /// <exception cref="ConnectException"><c>auto.offset.reset</c> is <c>none</c>.</exception>
    public async Task<long> ResetAsync(TopicPartition partition, CancellationToken cancellationToken)
        => (await ResetAsync([partition], resolvesEarliest: true, cancellationToken).ConfigureAwait(false))[partition];

    private async Task<Dictionary<TopicPartition, long>> ResetAsync(
        TopicPartition[] partitions, bool resolvesEarliest, CancellationToken cancellationToken)
    {
        if (settings.Reset == Reset.None)
        {
            throw new ConnectException(
                $"There is no offset to begin at for {string.Join(", ", partitions)} in the group {settings.Group}, and "
                + "auto.offset.reset is none.")
            { Cause = ErrorCause.Configuration };
        }

        // The client finds the beginning by itself when it begins. The end is looked up now, and once: looked up again after
        // a restart, it would leave out what came between.
        if (settings.Reset == Reset.Earliest && !resolvesEarliest)
            return partitions.ToDictionary(partition => partition, _ => LanePartition.Beginning);

        const string what = "the ends of partitions";
        var results = await admin.AskOffsetsAsync(
            what, partitions, settings.Reset == Reset.Earliest ? OffsetSpec.Earliest() : OffsetSpec.Latest(), settings.Isolation,
            cancellationToken).ConfigureAwait(false);
        var offsets = new Dictionary<TopicPartition, long>(partitions.Length);
        foreach (var result in results.ResultInfos.Select(info => info.TopicPartitionOffsetError))
        {
            if (result.Error.IsError)
                throw KafkaAdmin.Explain($"{what}, {result.TopicPartition}", result.Error);
            offsets[new TopicPartition(result.Topic, result.Partition.Value)] = result.Offset.Value;
        }

        return offsets;
    }

    /// <summary>What a connector says about it.</summary>
    /// <param name="Group">The Kafka group whose offsets are the connector's.</param>
    /// <param name="Reset"><c>auto.offset.reset</c>.</param>
    /// <param name="Isolation"><c>isolation.level</c>, on which the end of a partition depends.</param>
    internal sealed record Settings(string Group, Reset Reset, IsolationLevel Isolation);
}
