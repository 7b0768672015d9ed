namespace Exports.Connectors.Kinesis.Tests;

/// <summary>Configurations of a connector named "orders".</summary>
internal static class TestConfig
{
    public static Dictionary<string, string> Of(params (string Key, string Value)[] keys)
    {
        var config = new Dictionary<string, string>
        {
            ["name"] = "orders",
            [KinesisKeys.StreamName] = "events",
            [KinesisKeys.Region] = "us-east-1",
        };
        foreach (var (key, value) in keys)
            config[key] = value;
        return config;
    }

    public static KinesisSinkConfig Parse(params (string Key, string Value)[] keys)
        => KinesisSinkConfig.Parse(Of(keys), "orders", _ => null);
}
