using Exports.Testing;

namespace Exports.Connectors.Sdk.Tests;

public sealed class RequestSinkTaskTests
{
    private readonly ManualTimeProvider _clock = new(DateTimeOffset.UnixEpoch);

    public static TheoryData<RequestOrder> Orders => [.. Enum.GetValues<RequestOrder>()];

    [Fact]
    public async Task A_put_completes_when_all_its_records_are_accepted()
    {
        var gate = new TaskCompletionSource();
        var destination = await new Destination { Answer = records => records[0].Value == 0 ? Task.CompletedTask : gate.Task }
            .StartAsync(_clock);

        var put = destination.PutAsync(Records(11));

        await Eventually(() => destination.Accepted.Count == 10);
        Assert.False(put.IsCompleted);
        gate.SetResult();
        await put;
        Assert.Equal(Enumerable.Range(0, 11), destination.Accepted.Select(record => record.Value));
    }

    [Fact]
    public async Task Requests_are_cut_by_count_and_by_bytes()
    {
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 4, MaxBytes = 10, Order = RequestOrder.None },
            Weight = value => value < 8 ? 1 : value == 20 ? 50 : 4,
        }.StartAsync(_clock);

        await destination.PutAsync(Records(12));
        await destination.PutAsync((null, 20), (null, 21));

        Assert.Equal([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9], [10, 11], [20], [21]], destination.Requests);
    }

    [Fact]
    public async Task Records_of_several_puts_go_together_while_all_requests_are_under_way()
    {
        var gates = new List<TaskCompletionSource>();
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 10, MaxBytes = 1000, MaxInFlight = 1, Order = RequestOrder.None },
            Answer = _ => Gate(gates),
        }.StartAsync(_clock);

        var puts = Enumerable.Range(0, 5).Select(i => destination.PutAsync((null, i))).ToList();
        Assert.Equal([[0]], destination.Requests);
        gates[0].SetResult();
        await puts[0];
        await Eventually(() => destination.Requests.Count == 2);

        Assert.Equal([1, 2, 3, 4], destination.Requests[1]);
        gates[1].SetResult();
        await Task.WhenAll(puts);
    }

    [Theory]
    [InlineData(RequestOrder.None)]
    [InlineData(RequestOrder.SingleRecords)]
    [InlineData(RequestOrder.WholeRequests)]
    [InlineData(RequestOrder.OneKeyARequest)]
    public async Task A_request_that_is_not_full_waits_for_the_linger_time(RequestOrder order)
    {
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 3, MaxBytes = 1000, Linger = TimeSpan.FromMilliseconds(100), Order = order },
        }.StartAsync(_clock);

        var first = destination.PutAsync(("a", 1));
        _clock.Advance(TimeSpan.FromMilliseconds(60));
        var second = destination.PutAsync((order is RequestOrder.SingleRecords ? "b" : "a", 2));
        Assert.Empty(destination.Requests);
        _clock.Advance(TimeSpan.FromMilliseconds(50));

        await Task.WhenAll(first, second);
        Assert.Equal([[1, 2]], destination.Requests);
        await destination.PutAsync(order is RequestOrder.SingleRecords ? [("a", 3), ("b", 4), ("c", 5)] : [("a", 3), ("a", 4), ("a", 5)]);
        Assert.Equal([3, 4, 5], destination.Requests[^1]);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Drain_sends_what_waits_for_more(RequestOrder order)
    {
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 3, MaxBytes = 1000, Linger = TimeSpan.FromSeconds(15), Order = order },
        }.StartAsync(_clock);
        var put = destination.PutAsync(("a", 1));
        Assert.Empty(destination.Requests);

        destination.Drain();

        await put;
        var next = destination.PutAsync(("a", 2));
        Assert.False(next.IsCompleted);
        destination.Drain();
        await next;
    }

    [Fact]
    public async Task A_key_has_one_record_under_way_where_records_are_accepted_singly()
    {
        var gates = new List<TaskCompletionSource>();
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 10, MaxBytes = 1000, Order = RequestOrder.SingleRecords },
            Answer = _ => Gate(gates),
        }.StartAsync(_clock);

        var put = destination.PutAsync(("a", 1), ("a", 2), ("b", 3), ("a", 4), ("b", 5), (null, 6), (null, 7));
        Assert.Equal([1, 3, 6, 7], destination.Requests.Single().Order());
        gates[0].SetResult();
        await Eventually(() => destination.Requests.Count == 2);
        Assert.Equal([2, 5], destination.Requests[1]);
        gates[1].SetResult();
        await Eventually(() => destination.Requests.Count == 3);
        Assert.Equal([4], destination.Requests[2]);
        gates[2].SetResult();
        await put;
    }

    [Fact]
    public async Task A_request_has_one_key_where_the_destination_asks_for_that()
    {
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 2, MaxBytes = 1000, Order = RequestOrder.OneKeyARequest },
        }.StartAsync(_clock);

        await destination.PutAsync(("a", 1), ("b", 2), ("a", 3), (null, 4), ("a", 5), (null, 6), (null, 7));

        Assert.All(destination.Requests, request => Assert.Single(request.Select(value => destination.Accepted.Single(r => r.Value == value).Key).Distinct()));
        Assert.Equal([1, 3, 5], destination.Accepted.Where(record => record.Key == "a").Select(record => record.Value));
    }

    [Fact]
    public async Task Only_the_records_that_failed_are_sent_again_and_those_behind_them_wait()
    {
        var fails = true;
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 10, MaxBytes = 1000, Order = RequestOrder.SingleRecords },
            Answer = records => fails && records.Any(record => record.Value == 1) ? Failed(records, 1) : Task.CompletedTask,
        }.StartAsync(_clock);

        var put = destination.PutAsync(("a", 1), ("b", 2));
        var behind = destination.PutAsync(("a", 3), ("b", 4));
        await Eventually(() => destination.Accepted.Count == 2);
        Assert.Equal([2, 4], destination.Accepted.Select(record => record.Value));
        fails = false;
        _clock.Advance(TimeSpan.FromMilliseconds(110));

        await Task.WhenAll(put, behind);
        Assert.Equal([2, 4, 1, 3], destination.Accepted.Select(record => record.Value));
    }

    [Fact]
    public async Task A_record_that_a_request_is_refused_for_is_found_and_reported_alone()
    {
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 100, MaxBytes = 1000 },
            Answer = records => records.Any(record => record.Value is 37 or 64) ? throw new DataException("Not that one.") : Task.CompletedTask,
        }.StartAsync(_clock);

        var error = await Assert.ThrowsAsync<RecordsFailedException>(() => destination.PutAsync(Records(100)));

        Assert.Equal([(37, false), (64, false)], error.Failures.Select(failure => (failure.Index, failure.CanRetry)));
        Assert.Equal(98, destination.Accepted.Count);
    }

    [Fact]
    public async Task A_record_that_cannot_be_prepared_is_reported_and_the_others_are_delivered()
    {
        var destination = await new Destination().StartAsync(_clock);

        var error = await Assert.ThrowsAsync<RecordsFailedException>(() => destination.PutAsync(("a", 1), ("a", -2), ("a", 3)));
        await Assert.ThrowsAsync<RecordsFailedException>(() => destination.PutAsync(("a", -4)));

        Assert.Equal((1, "-2 cannot be sent."), (error.Failures.Single().Index, error.Failures.Single().Error.Message));
        Assert.Equal([1, 3], destination.Accepted.Select(record => record.Value));
    }

    [Fact]
    public async Task A_record_that_is_refused_singly_lets_its_key_go_on()
    {
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 10, MaxBytes = 1000, Order = RequestOrder.SingleRecords },
            Answer = records => records[0].Value == 1
                ? throw new RecordsFailedException([new(0, new DataException("Too old."), CanRetry: false)])
                : Task.CompletedTask,
        }.StartAsync(_clock);

        await Assert.ThrowsAsync<RecordsFailedException>(() => destination.PutAsync(("a", 1), ("a", 2)));

        Assert.Equal([2], destination.Accepted.Select(record => record.Value));
    }

    [Fact]
    public async Task Where_errors_are_not_tolerated_what_comes_before_a_refused_record_is_delivered_and_nothing_behind_it()
    {
        var destination = await new Destination().StartAsync(_clock, toleratesErrors: false);

        var error = await Assert.ThrowsAsync<RecordsFailedException>(
            () => destination.PutAsync(("a", 1), ("b", 2), ("a", -3), ("a", 4), ("b", -5)));
        var behind = await Assert.ThrowsAsync<RecordsFailedException>(() => destination.PutAsync(("c", 6), ("a", -7)));

        Assert.Equal([1, 2], destination.Accepted.Select(record => record.Value));
        Assert.Equal([(2, false), (3, true), (4, true)], error.Failures.Select(failure => (failure.Index, failure.CanRetry)));
        Assert.All(behind.Failures.Take(1), failure => Assert.IsType<NotSentException>(failure.Error));
    }

    [Fact]
    public async Task Where_errors_are_not_tolerated_nothing_is_sent_once_a_record_was_refused_by_the_destination()
    {
        var gates = new List<TaskCompletionSource>();
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 1, MaxBytes = 1000, MaxInFlight = 2 },
            Answer = records => records[0].Value == 2 ? throw new DataException("Not that one.") : Gate(gates),
        }.StartAsync(_clock, toleratesErrors: false);

        var first = destination.PutAsync(("a", 1), ("b", 2), ("b", 3), ("c", 4));
        var second = destination.PutAsync(("d", 5));
        Assert.False(first.IsCompleted);
        gates[0].SetResult();

        var error = await Assert.ThrowsAsync<RecordsFailedException>(() => first);
        Assert.Equal([(1, false), (2, true), (3, true)], error.Failures.Select(failure => (failure.Index, failure.CanRetry)));
        Assert.True(Assert.Single((await Assert.ThrowsAsync<RecordsFailedException>(() => second)).Failures).CanRetry);
        Assert.Equal([1], destination.Accepted.Select(record => record.Value));
    }

    [Fact]
    public async Task When_the_retry_time_is_over_the_put_fails_for_good()
    {
        var destination = await new Destination { Answer = _ => throw new RetriableException("Out of order.") }
            .StartAsync(_clock, retryTimeout: TimeSpan.FromSeconds(10));

        var put = destination.PutAsync(("a", 1));
        for (var i = 0; i < 200 && !put.IsCompleted; i++)
            _clock.Advance(TimeSpan.FromMilliseconds(100));

        var error = await Assert.ThrowsAsync<ConnectException>(() => put);
        Assert.Equal(
            "The destination did not accept the record of topic t, partition 0, offset 1, and errors.retry.timeout (10000 ms) is over: Out of order.",
            error.Message);
        Assert.InRange(destination.Requests.Count, 5, 20);
        await Assert.ThrowsAsync<ConnectException>(() => destination.PutAsync(("a", 2)));
    }

    [Fact]
    public async Task An_error_of_another_kind_fails_all_puts_when_nothing_is_under_way_any_more()
    {
        var gates = new List<TaskCompletionSource>();
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 1, MaxBytes = 1000, Order = RequestOrder.None },
            Answer = records => Gate(gates),
        }.StartAsync(_clock);
        var first = destination.PutAsync((null, 1));
        var second = destination.PutAsync((null, 2), (null, 3));
        var third = destination.PutAsync((null, 4), (null, 5));

        gates[1].SetException(new ConnectException("No such stream."));
        await Eventually(() => gates[1].Task.IsCompleted);
        Assert.False(first.IsCompleted || second.IsCompleted || third.IsCompleted);
        gates[0].SetResult();
        gates[2].SetResult();
        gates[3].SetResult();

        await first;
        Assert.Equal("No such stream.", (await Assert.ThrowsAsync<ConnectException>(() => second)).Message);
        await Assert.ThrowsAsync<ConnectException>(() => third);
    }

    [Fact]
    public async Task A_record_whose_time_to_live_is_over_is_reported_and_not_sent()
    {
        var destination = await new Destination
        {
            Options = new()
            {
                MaxRecords = 10,
                MaxBytes = 1000,
                TimeToLive = TimeSpan.FromMilliseconds(500),
                TimeToLiveKey = "ttl",
            },
            Answer = _ => throw new ThrottledException("Slow down."),
        }.StartAsync(_clock);

        var put = destination.PutAsync(("a", 1), ("a", 2));
        for (var i = 0; i < 100 && !put.IsCompleted; i++)
            _clock.Advance(TimeSpan.FromMilliseconds(50));

        var error = await Assert.ThrowsAsync<RecordsFailedException>(() => put);
        Assert.Equal(2, error.Failures.Count);
        Assert.All(error.Failures, failure => Assert.False(failure.CanRetry));
        Assert.Equal(
            "The destination did not accept the record within ttl (500 ms): Slow down.", error.Failures[0].Error.Message);
    }

    [Fact]
    public async Task While_the_destination_throttles_fewer_requests_are_under_way_and_afterwards_more_again()
    {
        var throttles = false;
        var gates = new List<TaskCompletionSource>();
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 1, MaxBytes = 1000, MaxInFlight = 16, Order = RequestOrder.None },
            Answer = _ => throttles ? throw new ThrottledException("Slow down.") : Gate(gates),
        }.StartAsync(_clock, retryDelayMax: TimeSpan.FromMilliseconds(1));
        var put = destination.PutAsync(Records(400));
        await ReleaseUntil(() => destination.MostUnderWay == 16);

        throttles = true;
        ReleaseAll();
        await Eventually(() => ReleaseAll() == 0);
        var sent = destination.Requests.Count;
        Assert.InRange(sent, 17, 80);
        throttles = false;
        await ReleaseUntil(() => put.IsCompleted);

        await put;
        Assert.Equal(400, destination.Accepted.Select(record => record.Value).Distinct().Count());

        async Task ReleaseUntil(Func<bool> condition) => await Eventually(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(2));
            ReleaseAll();
            return condition();
        });

        int ReleaseAll()
        {
            TaskCompletionSource[] open;
            lock (gates)
            {
                open = [.. gates];
                gates.Clear();
            }

            foreach (var gate in open)
                gate.TrySetResult();
            return open.Length;
        }
    }

    [Fact]
    public async Task The_time_that_a_destination_asks_to_wait_is_waited()
    {
        var answers = new Queue<Exception?>([new ThrottledException("Slow down.", retryAfter: TimeSpan.FromSeconds(7)), null, null]);
        var destination = await new Destination
        {
            Answer = _ => answers.Dequeue() is { } error ? throw error : Task.CompletedTask,
        }.StartAsync(_clock);

        var put = destination.PutAsync(("a", 1));
        var other = destination.PutAsync(("b", 2));
        _clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Single(destination.Requests);
        _clock.Advance(TimeSpan.FromSeconds(0.2));

        await Task.WhenAll(put, other);
    }

    [Fact]
    public async Task When_an_outage_is_over_nobody_waits_any_longer()
    {
        var isOut = true;
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 1, MaxBytes = 1000, Order = RequestOrder.None },
            Answer = _ => isOut ? throw new RetriableException("Connection refused.") : Task.CompletedTask,
        }.StartAsync(_clock);
        var put = destination.PutAsync(Records(50));
        _clock.Advance(TimeSpan.FromMinutes(3));
        isOut = false;

        // The longest pause, not the longest delay of a record.
        for (var i = 0; i < 55 && !put.IsCompleted; i++)
            _clock.Advance(TimeSpan.FromMilliseconds(100));

        Assert.True(put.IsCompleted, $"{destination.Accepted.Count}");
        await put;
    }

    [Fact]
    public async Task Limits_of_what_is_under_way_are_kept()
    {
        var gates = new List<TaskCompletionSource>();
        var destination = await new Destination
        {
            Options = new() { MaxRecords = 4, MaxBytes = 1000, MaxRecordsUnderWay = 6, Order = RequestOrder.None },
            Answer = _ => Gate(gates),
        }.StartAsync(_clock);

        var put = destination.PutAsync(Records(10));
        Assert.Equal([[0, 1, 2, 3], [4, 5]], destination.Requests);
        gates[0].SetResult();
        await Eventually(() => destination.Requests.Count == 3);
        Assert.Equal([6, 7, 8, 9], destination.Requests[2]);
        gates[1].SetResult();
        gates[2].SetResult();
        await put;
    }

    [Fact]
    public async Task Stopping_cancels_what_is_under_way()
    {
        using var stop = new CancellationTokenSource();
        var destination = await new Destination { Answer = _ => new TaskCompletionSource().Task }.StartAsync(_clock);
        var put = destination.PutAsync(stop.Token, ("a", 1), ("b", 2));

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
    }

    [Fact]
    public async Task A_sink_that_reports_records_that_it_was_not_given_fails_the_task()
    {
        var destination = await new Destination
        {
            Answer = _ => throw new RecordsFailedException([new(5, new RetriableException("?"), CanRetry: true)]),
        }.StartAsync(_clock);

        var error = await Assert.ThrowsAsync<ConnectException>(() => destination.PutAsync(("a", 1)));

        Assert.Contains("record 5 of 1", error.Message);
    }

    private static (string? Key, int Value)[] Records(int count) => [.. Enumerable.Range(0, count).Select(i => ((string?)null, i))];

    private static Task Gate(List<TaskCompletionSource> gates)
    {
        var gate = new TaskCompletionSource();
        lock (gates)
            gates.Add(gate);
        return gate.Task;
    }

    private static Task Failed(IReadOnlyList<(string? Key, int Value)> records, int value)
        => Task.FromException(new RecordsFailedException(
            [new(records.Select(record => record.Value).ToList().IndexOf(value), new ThrottledException("Slow down."), CanRetry: true)]));

    private static async Task Eventually(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(1, TestContext.Current.CancellationToken);
    }
}
