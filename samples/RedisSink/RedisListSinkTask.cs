using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Exports.Connectors.Sdk;

namespace RedisSink;

/// <summary>A request is one RPUSH: Redis takes all its values, in order, or none.</summary>
internal sealed class RedisListSinkTask : RequestSinkTask
{
    private readonly ConcurrentBag<RedisConnection> _idle = [];
    private ParsedConfig? _config;

    public override bool ReadsHeaders => false;

    protected override Task<RequestOptions> OpenAsync(SinkTaskContext context, CancellationToken cancellationToken)
    {
        _config = RedisListSinkConnector.Definition.Parse(context.Config);
        return Task.FromResult(new RequestOptions
        {
            MaxRecords = _config.GetInt(RedisListSinkConnector.BatchRecords),
            MaxBytes = 1024 * 1024,
            MaxInFlight = 4,
            Order = RequestOrder.WholeRequests,
        });
    }

    protected override RequestItem Prepare(ref SinkRecord record)
    {
        var bytes = record.Value.Kind switch
        {
            ConnectValueKind.Null => throw new DataException(
                $"{record.Topic}-{record.Partition}@{record.Offset} has no value, and a list in Redis holds none."),
            ConnectValueKind.Bytes or ConnectValueKind.Utf8 => record.Value.Bytes,
            _ => Json(record.Value),
        };
        record = record with { Value = ConnectValue.FromBytes(bytes) };
        return new RequestItem(bytes.Length + RedisCommand.Overhead, HashCode.Combine(record.Topic, record.Partition));
    }

    protected override async ValueTask SendAsync(SinkBatch request, CancellationToken cancellationToken)
    {
        var command = RedisCommand.Of("RPUSH", _config!.GetString(RedisListSinkConnector.List), request);
        if (!_idle.TryTake(out var connection))
            connection = await RedisConnection.OpenAsync(_config, cancellationToken);
        string answer;
        try
        {
            answer = await connection.AskAsync(command, cancellationToken);
        }
        catch
        {
            // Nobody knows what it would answer next.
            connection.Dispose();
            throw;
        }

        _idle.Add(connection);
        if (!answer.StartsWith(':'))
            throw Failure(answer);
    }

    protected override Task CloseAsync()
    {
        foreach (var connection in _idle)
            connection.Dispose();
        return Task.CompletedTask;
    }

    private static ConnectException Failure(string answer) => answer.Split(' ')[0] switch
    {
        "-OOM" => new ThrottledException($"Redis has no memory left: {answer}"),
        "-LOADING" or "-BUSY" or "-READONLY" or "-MASTERDOWN" or "-TRYAGAIN" => new RetriableException($"Not now: {answer}"),
        _ => new ConnectException($"Redis refuses to append to the list: {answer}"),
    };

    private static ReadOnlyMemory<byte> Json(ConnectValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ConnectJson.WriterOptions))
            ConnectJson.Write(writer, value);
        return buffer.WrittenMemory;
    }
}
