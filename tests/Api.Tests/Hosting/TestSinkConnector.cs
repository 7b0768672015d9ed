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
        new ConfigKey("test.old", ConfigType.String, "How it was.") { Default = null, NoEffect = "nobody needs it any more" },
    ];

    public override async Task<IReadOnlyList<(string Key, string Message)>> CheckDestinationAsync(
        IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
    {
        switch (config.GetValueOrDefault("test.target"))
        {
            case "hangs":
                await new TaskCompletionSource().Task;
                return [];
            case "breaks":
                throw new InvalidOperationException($"It is not there; the secret is {config.GetValueOrDefault("test.secret")}.");
            case "missing":
                return [("test.target", "There is no such place. Make it first.")];
            default:
                return [];
        }
    }

    public override SinkTask CreateTask() => new TestSinkTask();
}
