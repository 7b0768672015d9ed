using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Tests;

/// <summary>A destination that a test can look into and disturb. The connector configuration names it by <c>test.sink</c>.</summary>
public sealed class TestSink : IDisposable
{
    private static readonly ConcurrentDictionary<string, TestSink> s_sinks = new();

    private readonly List<Delivered> _records = [];
    private readonly Lock _lock = new();
    private int _stops;
    private int _puts;
    private int _underWay;
    private int _mostUnderWay;

    public TestSink() => s_sinks[Id] = this;

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public int MaxInFlight { get; init; } = 1;

    public int MaxBatchRecords { get; init; } = 10_000;

    public long MaxBatchBytes { get; init; } = 4 * 1024 * 1024;

    public bool ReadsHeaders { get; init; } = true;

    public bool NeedsFlush { get; init; } = true;

    /// <summary>Called for each put, with its number from 1, before its records count as delivered. May wait, or throw.</summary>
    public Func<SinkBatch, int, CancellationToken, ValueTask>? OnPut { get; set; }

    public Func<CancellationToken, Task>? OnFlush { get; set; }

    public Func<Task>? OnStart { get; set; }

    public Action? OnDrain { get; set; }

    public Func<Task>? OnStop { get; set; }

    /// <summary>Answers which positions the destination knows.</summary>
    public Func<IReadOnlyList<TopicPartition>, CancellationToken, Task<IReadOnlyDictionary<TopicPartition, long>>>? OnOpen { get; set; }

    public Func<IReadOnlyList<TopicPartition>, Task>? OnClose { get; set; }

    /// <summary>What the task was given at its last start.</summary>
    public SinkTaskContext? Context { get; set; }

    public int Stops => Volatile.Read(ref _stops);

    public int Puts => Volatile.Read(ref _puts);

    public int MostUnderWay => Volatile.Read(ref _mostUnderWay);

    public int Count
    {
        get
        {
            lock (_lock)
                return _records.Count;
        }
    }

    public List<Delivered> Records
    {
        get
        {
            lock (_lock)
                return [.. _records];
        }
    }

    public static TestSink Find(string id) => s_sinks[id];

    public void Dispose() => s_sinks.TryRemove(Id, out _);

    /// <summary>The offsets delivered of a partition, in the order of delivery.</summary>
    public long[] Offsets(string topic, int partition)
        => [.. Records.Where(r => r.Topic == topic && r.Partition == partition).Select(r => r.Offset)];

    public async ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken)
    {
        var underWay = Interlocked.Increment(ref _underWay);
        lock (_lock)
            _mostUnderWay = Math.Max(_mostUnderWay, underWay);
        try
        {
            if (OnPut is { } onPut)
                await onPut(batch, Interlocked.Increment(ref _puts), cancellationToken);
            else
                Interlocked.Increment(ref _puts);
            Accept(batch, _ => true);
        }
        catch (RecordsFailedException e)
        {
            var failed = e.Failures.Select(f => f.Index).ToHashSet();
            Accept(batch, i => !failed.Contains(i));
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    public Task StopAsync()
    {
        Interlocked.Increment(ref _stops);
        return OnStop?.Invoke() ?? Task.CompletedTask;
    }

    private void Accept(SinkBatch batch, Func<int, bool> accepts)
    {
        lock (_lock)
        {
            var records = batch.Records;
            for (var i = 0; i < records.Length; i++)
            {
                if (accepts(i))
                    _records.Add(Delivered.From(records[i]));
            }
        }
    }
}

public sealed record Delivered(
    string Topic, int Partition, long Offset, string? Key, string? Value, string Headers, long Timestamp, TimestampType TimestampType)
{
    public static Delivered From(in SinkRecord record) => new(
        record.Topic,
        record.Partition,
        record.Offset,
        Text(record.Key),
        Text(record.Value),
        string.Join(",", record.Headers.Select(h => $"{h.Key}={Text(h.Value)}")),
        record.Timestamp,
        record.TimestampType);

    private static string? Text(ConnectValue value) => value.Kind switch
    {
        ConnectValueKind.Null => null,
        ConnectValueKind.Bytes or ConnectValueKind.Utf8 => Encoding.UTF8.GetString(value.Bytes.Span),
        _ => value.Value as string ?? Json(value),
    };

    private static string Json(ConnectValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ConnectJson.WriterOptions))
            ConnectJson.Write(writer, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

public sealed class TestSinkConnector : SinkConnector
{
    public override ConfigDef Config { get; } = [new ConfigKey("test.sink", ConfigType.String, "The test's sink.")];

    public override SinkTask CreateTask() => new TestSinkTask();
}

public sealed class TestSinkTask : SinkTask
{
    private TestSink? _sink;

    public override int MaxInFlight => _sink!.MaxInFlight;

    public override int MaxBatchRecords => _sink!.MaxBatchRecords;

    public override long MaxBatchBytes => _sink!.MaxBatchBytes;

    public override bool ReadsHeaders => _sink!.ReadsHeaders;

    public override bool NeedsFlush => _sink!.NeedsFlush;

    public override Task StartAsync(SinkTaskContext context, CancellationToken cancellationToken)
    {
        _sink = TestSink.Find(context.Config["test.sink"]);
        _sink.Context = context;
        return _sink.OnStart?.Invoke() ?? Task.CompletedTask;
    }

    public override ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken)
        => _sink!.PutAsync(batch, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken)
        => _sink!.OnFlush?.Invoke(cancellationToken) ?? Task.CompletedTask;

    public override void Drain() => _sink!.OnDrain?.Invoke();

    public override Task<IReadOnlyDictionary<TopicPartition, long>> OpenPartitionsAsync(
        IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
        => _sink!.OnOpen?.Invoke(partitions, cancellationToken) ?? base.OpenPartitionsAsync(partitions, cancellationToken);

    public override Task ClosePartitionsAsync(IReadOnlyList<TopicPartition> partitions)
        => _sink!.OnClose?.Invoke(partitions) ?? base.ClosePartitionsAsync(partitions);

    public override Task StopAsync() => _sink!.StopAsync();
}
