using System.Collections.Frozen;
using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Connectors.Kafka;

/// <summary>Moves the positions that a target cluster keeps of source partitions, while no task has them.</summary>
internal static class PositionMove
{
    private const int AtOnce = 16;

    // No task does this.
    private static readonly SinkTaskContext s_context = new("", 0, FrozenDictionary<string, string>.Empty, NullLogger.Instance, TimeProvider.System);

    /// <summary>
    /// Commits each position in a transaction of its own, which fences whoever still writes for the partition. No position is
    /// committed as 0, which is where a partition begins that nothing is known of.
    /// </summary>
    /// <exception cref="RetriableException">The target did not answer; some positions may have been moved.</exception>
    /// <exception cref="ConnectException">The target refuses.</exception>
    public static Task RunAsync(
        KafkaSinkConfig config, IReadOnlyDictionary<TopicPartition, long?> offsets, CancellationToken cancellationToken)
        => Parallel.ForEachAsync(
            offsets,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (entry, token) =>
            {
                var session = new PartitionSession(config, entry.Key, $"offset of {entry.Key}", s_context);
                try
                {
                    // What has no position needs none.
                    if (await session.OpenAsync(token) is not null || entry.Value is > 0)
                        await session.MoveAsync(entry.Value ?? 0, token);
                }
                finally
                {
                    await session.CloseAsync();
                }
            });
}
