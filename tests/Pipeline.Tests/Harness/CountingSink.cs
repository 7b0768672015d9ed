using System.Collections.Concurrent;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Tests;

/// <summary>Counts, and looks at every byte.</summary>
public sealed class CountingSink : IDisposable
{
    private static readonly ConcurrentDictionary<string, CountingSink> s_sinks = new();
    private long _count;
    private long _batches;
    private long _sum;

    public CountingSink() => s_sinks[Id] = this;

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public long Count => Volatile.Read(ref _count);

    public long Batches => Volatile.Read(ref _batches);

    public static CountingSink Find(string id) => s_sinks[id];

    public void Dispose() => s_sinks.TryRemove(Id, out _);

    public void Put(SinkBatch batch)
    {
        foreach (ref readonly var record in batch.Records)
            _sum += record.Value.Bytes.Span[0] + record.Key.Bytes.Length + record.Offset;
        _batches++;
        Volatile.Write(ref _count, _count + batch.Count);
    }
}

public sealed class CountingSinkConnector : SinkConnector
{
    public override ConfigDef Config { get; } = [];

    public override SinkTask CreateTask() => new CountingSinkTask();
}

public sealed class CountingSinkTask : SinkTask
{
    private CountingSink? _sink;

    public override Task StartAsync(SinkTaskContext context, CancellationToken cancellationToken)
    {
        _sink = CountingSink.Find(context.Config["test.sink"]);
        return Task.CompletedTask;
    }

    public override ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken)
    {
        _sink!.Put(batch);
        return ValueTask.CompletedTask;
    }
}
