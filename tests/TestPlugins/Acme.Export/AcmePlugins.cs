using Exports.Connectors.Sdk;

namespace Acme.Export;

public sealed class UpperCaseTransform : Transform
{
    public override ConfigDef Config { get; } = [new("suffix", ConfigType.String, "") { Default = "!" }];

    public override void Configure(IReadOnlyDictionary<string, string> config)
    {
    }

    public override bool Apply(ref SinkRecord record) => true;
}

public sealed class ThrowingConnector : SinkConnector
{
    public ThrowingConnector() => throw new InvalidOperationException("This one cannot be made.");

    public override ConfigDef Config => [];

    public override SinkTask CreateTask() => throw new NotSupportedException();
}

public abstract class BaseConnector : SinkConnector;
