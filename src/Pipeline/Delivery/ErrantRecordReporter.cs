using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Hands what a sink reports to the delivery loop, which is made after the sink has started. Thread-safe.</summary>
internal sealed class ErrantRecordReporter : IErrantRecordReporter
{
    private volatile DeliveryLoop? _loop;

    /// <summary>The loop that puts the sink's records.</summary>
    public DeliveryLoop Loop
    {
        set => _loop = value;
    }

    /// <inheritdoc/>
    public Task ReportAsync(in SinkRecord record, Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var partition = new TopicPartition(record.OriginalTopic, record.Partition);
        return _loop is { } loop
            ? loop.ReportAsync(partition, record.Offset, error)
            : throw new InvalidOperationException("No record has been put yet.");
    }
}
