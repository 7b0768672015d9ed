using Exports.Connectors.Sdk;
using Exports.Pipeline;
using Microsoft.Extensions.Logging;

namespace Exports.Grains;

/// <summary>
/// Changes a connector's offsets where Kafka and the destination keep them. The connector's own come last, and are the truth:
/// whatever happens in between, the change is either made as a whole or may be repeated.
/// </summary>
internal sealed partial class OffsetAlteration(string connector, IConnectorOffsets offsets, TimeProvider time, ILogger logger)
{
    // Less than the time that callers wait for the grain.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(80);
    private static readonly TimeSpan s_readLimit = TimeSpan.FromSeconds(20);

    /// <summary>Changes them.</summary>
    /// <returns>What became of it; and partitions whose offset in the group has to be ignored from now on.</returns>
    public async Task<(AlterOffsetsResult Result, List<PartitionRef> LeftInGroup)> RunAsync(
        Dictionary<string, string> config, IReadOnlyCollection<OffsetChange> changes, bool replacesAll)
    {
        var wanted = changes.ToDictionary(
            change => new PartitionRef(change.Topic, change.Partition).ToTopicPartition(), change => change.Offset);
        try
        {
            var altered = await OffGrain.RunAsync(token => offsets.AlterAsync(config, wanted, replacesAll, token), s_limit, time);
            Log.Altered(logger, connector, changes.Count, replacesAll);
            return (
                new(altered.AtDestination ? AlterOffsetsOutcome.Altered : AlterOffsetsOutcome.AlteredHere),
                [.. altered.LeftInGroup.Select(partition => partition.Ref())]);
        }
        catch (GroupActiveException exception)
        {
            Log.NotAltered(logger, connector, exception);
            return (new(AlterOffsetsOutcome.StillActive, exception.Message), []);
        }
        catch (ConfigException exception)
        {
            return (new(AlterOffsetsOutcome.Invalid, exception.Message), []);
        }
        catch (Exception exception)
        {
            Log.NotAltered(logger, connector, exception);
            return (new(AlterOffsetsOutcome.Failed, exception.Message), []);
        }
    }

    /// <summary>The offsets that the connector's group has, or why they cannot be told.</summary>
    public async Task<(IEnumerable<PartitionOffset> Offsets, string? Problem)> ReadGroupAsync(Dictionary<string, string> config)
    {
        try
        {
            var read = await OffGrain.RunAsync(token => offsets.ReadAsync(config, token), s_readLimit, time);
            return (read.Select(entry => new PartitionOffset(entry.Key.Topic, entry.Key.Partition, entry.Value)), null);
        }
        catch (Exception exception)
        {
            return ([], exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Connector {Connector}: offsets of {Partitions} partitions were changed by hand (all others removed: {ReplacesAll}).")]
        public static partial void Altered(ILogger logger, string connector, int partitions, bool replacesAll);

        [LoggerMessage(2, LogLevel.Warning, "Connector {Connector}: its offsets were not changed; they are as they were.")]
        public static partial void NotAltered(ILogger logger, string connector, Exception exception);
    }
}
