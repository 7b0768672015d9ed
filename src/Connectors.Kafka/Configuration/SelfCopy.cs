using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>
/// Finds out whether a topic would be copied to itself, which would never end. Brokers are compared by the addresses in the
/// configurations, so a cluster that goes by different names is not recognized.
/// </summary>
internal sealed class SelfCopy
{
    private readonly KafkaSinkConfig _config;
    private readonly bool _isSameCluster;
    private string? _checked;

    /// <param name="config">The sink's configuration.</param>
    /// <param name="source">The brokers that records come from, as <c>bootstrap.servers</c> has them.</param>
    public SelfCopy(KafkaSinkConfig config, string source)
    {
        _config = config;
        _isSameCluster = Addresses(source).Overlaps(Addresses(config.Settings["bootstrap.servers"]));
    }

    /// <summary>Refuses a configuration by which every topic would be copied to itself.</summary>
    /// <exception cref="ConfigException">It would.</exception>
    public void CheckAlways()
    {
        if (_isSameCluster && _config.FixedTopic is null && _config.Prefixed.Length == 0)
        {
            throw new ConfigException(
                $"{KafkaSinkConfig.BootstrapServers} has brokers that records come from, so each topic would be copied to itself, "
                + $"without end. Set {KafkaSinkConfig.Topic} or {KafkaSinkConfig.TopicPrefix}, or name another cluster.");
        }
    }

    /// <summary>Refuses records that would go where they came from.</summary>
    /// <returns>Why; null when all may be written.</returns>
    public ConnectException? Check(SinkBatch batch)
    {
        if (!_isSameCluster)
            return null;
        foreach (ref readonly var record in batch.Records)
        {
            if (ReferenceEquals(record.Topic, _checked))
                continue;
            if (_config.TopicFor(record.Topic) == record.OriginalTopic)
            {
                return new ConnectException(
                    $"The topic '{record.OriginalTopic}' would be copied to itself, without end: "
                    + $"{KafkaSinkConfig.BootstrapServers} has brokers that records come from. Set another {KafkaSinkConfig.Topic} or "
                    + $"{KafkaSinkConfig.TopicPrefix}, or name another cluster.");
            }

            // Equal texts may mean different sources once a transform has made them.
            _checked = ReferenceEquals(record.Topic, record.OriginalTopic) ? record.Topic : null;
        }

        return null;
    }

    private static HashSet<string> Addresses(string servers)
        => servers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(address => address.ToLowerInvariant().Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
}
