using Exports.Connectors.Sdk;

namespace Exports.Connectors.File;

/// <summary>Appends records to a file, one a line.</summary>
public sealed class FileStreamSinkConnector : SinkConnector
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Aliases => ["org.apache.kafka.connect.file.FileStreamSinkConnector"];

    /// <inheritdoc/>
    public override ConfigDef Config => FileSinkConfig.Definition;

    /// <inheritdoc/>
    public override SinkTask CreateTask() => new FileStreamSinkTask();
}
