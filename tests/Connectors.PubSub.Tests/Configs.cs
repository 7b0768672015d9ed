namespace Exports.Connectors.PubSub.Tests;

/// <summary>Configurations of the sink.</summary>
internal static class Configs
{
    public static Dictionary<string, string> Of(params (string Key, string Value)[] config)
    {
        var all = new Dictionary<string, string>
        {
            ["name"] = "views",
            ["connector.class"] = "com.google.pubsub.kafka.sink.CloudPubSubSinkConnector",
            ["topics"] = "orders",
            ["cps.project"] = "my-project",
            ["cps.topic"] = "views",
        };
        foreach (var (key, value) in config)
            all[key] = value;
        return all;
    }

    public static PubSubSinkConfig Parse(params (string Key, string Value)[] config) => PubSubSinkConfig.Parse(Of(config));
}
