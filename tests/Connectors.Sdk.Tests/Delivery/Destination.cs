using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Connectors.Sdk.Tests;

/// <summary>A sink whose destination does what a test says, and remembers what it accepted. Keys and values are numbers.</summary>
internal sealed class Destination : RequestSinkTask
{
    private readonly Lock _lock = new();
    private readonly List<(string? Key, int Value)> _accepted = [];
    private readonly List<int[]> _requests = [];
    private int _underWay;

    public RequestOptions Options { get; init; } = new() { MaxRecords = 10, MaxBytes = 1000 };

    /// <summary>What becomes of a request: returns for acceptance.</summary>
    public Func<IReadOnlyList<(string? Key, int Value)>, Task> Answer { get; set; } = _ => Task.CompletedTask;

    /// <summary>What a record weighs.</summary>
    public Func<int, long> Weight { get; init; } = _ => 1;

    /// <summary>The most requests that were under way at once.</summary>
    public int MostUnderWay { get; private set; }

    public IReadOnlyList<(string? Key, int Value)> Accepted
    {
        get
        {
            lock (_lock)
                return [.. _accepted];
        }
    }

    /// <summary>The values of each request that was sent.</summary>
    public IReadOnlyList<int[]> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    public async Task<Destination> StartAsync(
        TimeProvider? time = null, TimeSpan? retryTimeout = null, TimeSpan? retryDelayMax = null, bool toleratesErrors = true)
    {
        await StartAsync(
            new SinkTaskContext("c", 0, new Dictionary<string, string>(), NullLogger.Instance, time ?? TimeProvider.System)
            {
                RetryTimeout = retryTimeout,
                ToleratesErrors = toleratesErrors,
                RetryDelayMax = retryDelayMax ?? TimeSpan.FromMinutes(1),
            },
            TestContext.Current.CancellationToken);
        return this;
    }

    /// <summary>Puts records with these keys and values; a negative value cannot be sent.</summary>
    public Task PutAsync(params (string? Key, int Value)[] records)
        => PutAsync(new Batch(records), CancellationToken.None).AsTask();

    public Task PutAsync(CancellationToken cancellationToken, params (string? Key, int Value)[] records)
        => PutAsync(new Batch(records), cancellationToken).AsTask();

    /// <summary>The destination has accepted a record.</summary>
    public void Accept((string? Key, int Value) record)
    {
        lock (_lock)
            _accepted.Add(record);
    }

    protected override Task<RequestOptions> OpenAsync(SinkTaskContext context, CancellationToken cancellationToken)
        => Task.FromResult(Options);

    protected override RequestItem Prepare(ref SinkRecord record)
    {
        var value = (int)record.Value.Value!;
        if (value < 0)
            throw new DataException($"{value} cannot be sent.");
        return new(Weight(value), record.Key.Value is string key ? key.GetHashCode(StringComparison.Ordinal) : null);
    }

    protected override async ValueTask SendAsync(SinkBatch request, CancellationToken cancellationToken)
    {
        var records = new (string? Key, int Value)[request.Count];
        for (var i = 0; i < records.Length; i++)
            records[i] = ((string?)request.Records[i].Key.Value, (int)request.Records[i].Value.Value!);
        lock (_lock)
        {
            _requests.Add([.. records.Select(record => record.Value)]);
            MostUnderWay = Math.Max(MostUnderWay, ++_underWay);
        }

        try
        {
            await Answer(records).WaitAsync(cancellationToken);
            foreach (var record in records)
                Accept(record);
        }
        catch (RecordsFailedException e)
        {
            var failed = e.Failures.Select(failure => failure.Index).ToHashSet();
            for (var i = 0; i < records.Length; i++)
            {
                if (!failed.Contains(i))
                    Accept(records[i]);
            }

            throw;
        }
        finally
        {
            lock (_lock)
                _underWay--;
        }
    }

    private sealed class Batch((string? Key, int Value)[] records) : SinkBatch
    {
        private readonly SinkRecord[] _records =
        [
            .. records.Select(record => new SinkRecord
            {
                Topic = "t",
                Partition = 0,
                Offset = record.Value,
                Key = record.Key is null ? ConnectValue.Null : ConnectValue.From(record.Key),
                Value = ConnectValue.From(record.Value),
            }),
        ];

        public override ReadOnlySpan<SinkRecord> Records => _records;

        public override long Bytes => _records.Length;
    }
}
