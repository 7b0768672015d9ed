using Exports.Kafka.Client;
using Exports.Pipeline;

namespace Exports.Bench.PassThrough;

/// <summary>The client settings of the raw loops, under librdkafka's names.</summary>
internal static class RawSettings
{
    private const string Group = "exports-bench";

    /// <summary>Exactly what the worker gives its own reader.</summary>
    public static Dictionary<string, string> AsWorker(string bootstrapServers, params (string Name, string Value)[] java)
    {
        var client = java.Append(("bootstrap.servers", bootstrapServers)).ToDictionary();
        return new(new LaneSettings(ClientSettings.Translate(ClientRole.Consumer, client).Settings, Group).Values);
    }

    /// <summary>librdkafka's own defaults.</summary>
    public static Dictionary<string, string> Defaults(string bootstrapServers) => new()
    {
        ["bootstrap.servers"] = bootstrapServers,
        ["group.id"] = Group,
        ["enable.auto.commit"] = "false",
        ["enable.auto.offset.store"] = "false",
    };
}
