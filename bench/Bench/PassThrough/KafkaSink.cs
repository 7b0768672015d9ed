namespace Exports.Bench.PassThrough;

/// <summary>The configuration of a connector that copies a topic, partition by partition.</summary>
internal static class KafkaSink
{
    public static Dictionary<string, string> Config(string bootstrapServers, string topic, string target, int tasks) => new()
    {
        ["connector.class"] = "KafkaSink",
        ["tasks.max"] = $"{tasks}",
        ["topics"] = topic,
        ["target.bootstrap.servers"] = bootstrapServers,
        ["target.topic"] = target,
    };
}
