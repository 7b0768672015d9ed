using Exports.Connectors.Sdk;

namespace Exports.Api.Tests;

/// <summary>A connector to configure.</summary>
public sealed class TestSinkConnector : SinkConnector
{
    public override string Version => "1.2.3";

    public override IReadOnlyList<string> Aliases => ["org.example.TestSinkConnector"];

    public override ConfigDef Config { get; } =
    [
        new ConfigKey("test.target", ConfigType.String, "Where to.")
        {
            Default = "nowhere",
            Importance = ConfigImportance.High,
            Group = "Test",
        },
        new ConfigKey("test.secret", ConfigType.Password, "A secret.") { Default = null, Group = "Test" },
    ];

    public override SinkTask CreateTask() => new TestSinkTask();
}
