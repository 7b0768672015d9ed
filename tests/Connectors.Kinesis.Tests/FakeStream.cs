using System.Collections.Concurrent;
using System.Text.Json;

namespace Exports.Connectors.Kinesis.Tests;

/// <summary>A stream that remembers what it has accepted, by partition key and in order, and refuses records at random.</summary>
internal sealed class FakeStream(int seed, double refused)
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    /// <summary>The data that was accepted, by partition key.</summary>
    public Dictionary<string, List<string>> Accepted { get; } = [];

    public ConcurrentBag<int> RequestSizes { get; } = [];

    public FakeAnswer Put(FakeRequest request)
    {
        var records = request.Json.GetProperty("Records").EnumerateArray().ToList();
        RequestSizes.Add(records.Count);
        lock (_lock)
        {
            if (_random.NextDouble() < refused / 10)
                return FakeAnswer.Error("ProvisionedThroughputExceededException");
            if (_random.NextDouble() < refused / 10)
                return FakeAnswer.Error("InternalFailure", status: 500);
            // Kinesis promises no order within a request.
            var order = Enumerable.Range(0, records.Count).ToArray();
            _random.Shuffle(order);
            var refusals = new bool[records.Count];
            foreach (var i in order)
            {
                refusals[i] = _random.NextDouble() < refused;
                if (refusals[i])
                    continue;
                var key = records[i].GetProperty("PartitionKey").GetString()!;
                if (!Accepted.TryGetValue(key, out var list))
                    Accepted[key] = list = [];
                list.Add(System.Text.Encoding.UTF8.GetString(records[i].GetProperty("Data").GetBytesFromBase64()));
            }

            return new(200, JsonSerializer.Serialize(new
            {
                FailedRecordCount = refusals.Count(refusal => refusal),
                Records = refusals.Select(refusal => refusal
                    ? (object)new { ErrorCode = "ProvisionedThroughputExceededException", ErrorMessage = "Rate exceeded" }
                    : new { SequenceNumber = "1", ShardId = "shardId-000000000000" }),
            }));
        }
    }
}
