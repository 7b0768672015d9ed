namespace Exports.Connectors.Sdk.Tests;

/// <summary>Many records to a destination that does at random whatever a destination can do.</summary>
public sealed class RandomDestinationTests
{
    private const int Puts = 400;
    private const int Keys = 40;

    public static TheoryData<RequestOrder, int> Cases
    {
        get
        {
            var data = new TheoryData<RequestOrder, int>();
            foreach (var order in Enum.GetValues<RequestOrder>())
            {
                for (var seed = 0; seed < 6; seed++)
                    data.Add(order, seed);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Nothing_is_lost_keys_stay_in_order_and_limits_are_kept(RequestOrder order, int seed)
    {
        var random = new Random(seed);
        var options = new RequestOptions
        {
            MaxRecords = random.Next(1, 40),
            MaxBytes = random.Next(20, 400),
            MaxInFlight = random.Next(1, 10),
            Linger = TimeSpan.FromMilliseconds(random.Next(0, 3)),
            Order = order,
        };
        Destination destination = null!;
        destination = new Destination
        {
            Options = options,
            Weight = value => value % 37 == 0 ? 500 : value % 20,
            Answer = records => AnswerAsync(destination, records),
        };
        await destination.StartAsync(retryTimeout: Timeout.InfiniteTimeSpan, retryDelayMax: TimeSpan.FromMilliseconds(2));

        var refused = new HashSet<int>();
        var underWay = new List<(int First, Task Put)>();
        var next = 0;
        for (var i = 0; i < Puts; i++)
        {
            var records = new (string? Key, int Value)[random.Next(1, 60)];
            for (var j = 0; j < records.Length; j++)
            {
                var key = random.Next(Keys + 5);
                records[j] = (key < Keys ? $"{key}" : null, next + j);
            }

            underWay.Add((next, destination.PutAsync(records)));
            next += records.Length;
            if (random.Next(20) == 0)
                destination.Drain();
            while (underWay.Count >= 64)
                await FinishAsync();
        }

        destination.Drain();
        while (underWay.Count > 0)
            await FinishAsync();

        Assert.Equal(Enumerable.Range(0, next).Where(IsPoison), refused.Order());
        Assert.Equal(
            Enumerable.Range(0, next).Where(value => !IsPoison(value)),
            destination.Accepted.Select(record => record.Value).Distinct().Order());
        Assert.InRange(destination.MostUnderWay, 1, options.MaxInFlight);
        Assert.All(destination.Requests, request =>
        {
            Assert.InRange(request.Length, 1, options.MaxRecords);
            Assert.True(request.Length == 1 || request.Sum(value => value % 37 == 0 ? 500 : value % 20) <= options.MaxBytes);
        });
        if (order != RequestOrder.None)
        {
            foreach (var key in destination.Accepted.Where(record => record.Key is not null).GroupBy(record => record.Key))
            {
                // What was accepted although the answer was an error comes twice; the first time counts.
                var values = key.Select(record => record.Value).Distinct().ToList();
                Assert.Equal(values.Order(), values);
            }
        }

        async Task FinishAsync()
        {
            await Task.WhenAny(underWay.Select(put => put.Put));
            foreach (var (first, put) in underWay.Where(put => put.Put.IsCompleted).ToList())
            {
                underWay.Remove((first, put));
                try
                {
                    await put;
                }
                catch (RecordsFailedException e)
                {
                    Assert.All(e.Failures, failure => Assert.False(failure.CanRetry));
                    refused.UnionWith(e.Failures.Select(failure => first + failure.Index));
                }
            }
        }

        async Task AnswerAsync(Destination to, IReadOnlyList<(string? Key, int Value)> records)
        {
            int dice;
            bool[] fails;
            lock (random)
            {
                dice = random.Next(100);
                fails = [.. records.Select(_ => random.Next(10) == 0)];
            }

            if (dice % 3 == 0)
                await Task.Yield();
            if (order == RequestOrder.OneKeyARequest)
                Assert.Single(records.Select(record => record.Key).Distinct());
            if (order == RequestOrder.SingleRecords)
            {
                var keys = records.Where(record => record.Key is not null).Select(record => record.Key).ToList();
                Assert.Equal(keys.Distinct(), keys);
                var failures = records
                    .Select((record, i) => new RecordFailure(
                        i,
                        IsPoison(record.Value) ? new DataException("Poison.") : new ThrottledException("Slow down."),
                        !IsPoison(record.Value)))
                    .Where((failure, i) => fails[i] || !failure.CanRetry)
                    .ToList();
                if (failures.Count > 0)
                    throw new RecordsFailedException(failures);
            }

            if (records.Any(record => IsPoison(record.Value)))
                throw new DataException("Poison.");
            switch (dice)
            {
                case < 5:
                    throw new ThrottledException("Slow down.");
                case < 10:
                    throw new RetriableException("Connection reset.");
                case < 15:
                    foreach (var record in records)
                        to.Accept(record);
                    throw new RetriableException("Accepted, but nobody knows.");
                default:
                    break;
            }
        }
    }

    private static bool IsPoison(int value) => value % 500 == 77;
}
