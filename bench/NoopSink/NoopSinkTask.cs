using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Exports.Connectors.Sdk;

namespace Exports.NoopSink;

/// <summary>Counts, for all tasks of the process that report to the same file.</summary>
internal sealed class NoopSinkTask : SinkTask
{
    private Tally _tally = new(null, 0);
    private bool _latency;
    private long _skip;

    public override bool ReadsHeaders => false;

    public override Task StartAsync(SinkTaskContext context, CancellationToken cancellationToken)
    {
        _tally = Tally.For(context.Config.GetValueOrDefault(NoopSinkConnector.ReportFile), Number(NoopSinkConnector.Expected));
        _skip = Number(NoopSinkConnector.Skip);
        _latency = bool.Parse(context.Config.GetValueOrDefault(NoopSinkConnector.Latency, "false"));
        return Task.CompletedTask;

        long Number(string key) => long.Parse(context.Config.GetValueOrDefault(key, "0"), CultureInfo.InvariantCulture);
    }

    public override ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken)
    {
        if (_latency && _tally.Records >= _skip)
        {
            var now = Stopwatch.GetTimestamp();
            foreach (ref readonly var record in batch.Records)
            {
                var made = BinaryPrimitives.ReadInt64LittleEndian(record.Value.Bytes.Span);
                _tally.Latency.Add((long)Stopwatch.GetElapsedTime(made, now).TotalMicroseconds);
            }
        }

        _tally.Add(batch.Count, batch.Bytes);
        return ValueTask.CompletedTask;
    }
}
