using Exports.Connectors.Sdk;

namespace Exports.NoopSink;

/// <summary>A sink that counts what it is given and does nothing else, to measure what lies before it.</summary>
public sealed class NoopSinkConnector : SinkConnector
{
    internal const string ReportFile = "report.file";
    internal const string Expected = "expected.records";
    internal const string Latency = "latency";
    internal const string Skip = "latency.skip.records";

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(ReportFile, ConfigType.String, "The file to write the counts to, as JSON, once all expected records have come; none when not given.") { Default = null },
        new(Expected, ConfigType.Long, "How many records all tasks together get before the report is written.") { Default = "0" },
        new(Latency, ConfigType.Boolean, "Whether each value begins with the time of its making, to measure how long it took to come here.") { Default = "false" },
        new(Skip, ConfigType.Long, "How many records to count but not to time, to let things get warm.") { Default = "0" },
    ];

    /// <inheritdoc/>
    public override SinkTask CreateTask() => new NoopSinkTask();
}
