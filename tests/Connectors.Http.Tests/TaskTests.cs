using System.Collections.Concurrent;
using Exports.Connectors.Sdk;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Exports.Connectors.Http.Tests;

/// <summary>A whole task with the delivery engine inside, and a receiver that misbehaves.</summary>
public sealed class TaskTests
{
    private const int Partitions = 4;

    // What the receiver does: from here on it accepts; here it hangs up afterwards, and one below without.
    private const int HangUp = 4;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("json")]
    [InlineData("ndjson")]
    public async Task Everything_arrives_in_the_order_of_its_partition_whatever_the_receiver_does(string format)
    {
        var accepted = new ConcurrentQueue<string>();
        var random = new Random(format.Length);
        var underWay = 0;
        var most = 0;
        var partitionsUnderWay = new ConcurrentDictionary<string, int>();
        var overlaps = 0;
        await using var receiver = await Receiver.StartAsync(async (context, request) =>
        {
            int choice;
            lock (random)
            {
                most = Math.Max(most, ++underWay);
                choice = random.Next(12);
            }

            var partitions = Values(request).Select(v => v.Split('-')[0]).Distinct().ToArray();
            if (partitions.Count(p => partitionsUnderWay.AddOrUpdate(p, 1, (_, n) => n + 1) > 1) > 0)
                Interlocked.Increment(ref overlaps);
            if (choice != HangUp)
                await MisbehaveAsync(choice, context);
            if (choice >= HangUp && context.Response.StatusCode == 200)
            {
                lock (random)
                {
                    foreach (var value in Values(request))
                        accepted.Enqueue(value);
                }
            }

            foreach (var partition in partitions)
                partitionsUnderWay.AddOrUpdate(partition, 0, (_, n) => n - 1);
            lock (random)
                underWay--;
            // Last of all: the client sends again as soon as it has lost the connection.
            if (choice is HangUp or HangUp - 1)
                context.Features.Get<IConnectionSocketFeature>()!.Socket.Close(0);
        });
        await using var task = await RunningTask.StartAsync(
            receiver.Url, ("http.body.format", format), ("batch.max.size", "7"), ("http.timeout.ms", "5000"));

        var puts = new List<Task>();
        for (var i = 0; i < 60; i++)
        {
            var partition = i % Partitions;
            var first = i / Partitions * 10;
            puts.Add(task.PutAsync([.. Enumerable.Range(first, 10).Select(o => Batch.Record($"\"{partition}-{o}\"", o, partition))]));
        }

        await Task.WhenAll(puts).WaitAsync(s_limit);

        for (var p = 0; p < Partitions; p++)
        {
            var offsets = accepted.Where(v => v.StartsWith($"{p}-", StringComparison.Ordinal)).Select(v => int.Parse(v[2..])).ToArray();
            // What is sent again may be there twice; the first time of each is in order.
            Assert.Equal(Enumerable.Range(0, 150), offsets.Distinct());
        }

        Assert.True(most > 1, "requests did not overlap");
        Assert.Equal(0, overlaps);
        Assert.All(receiver.Requests, request => Assert.InRange(Values(request).Length, 1, 7));
    }

    [Fact]
    public async Task The_record_at_fault_is_found_and_the_others_are_delivered()
    {
        var accepted = new ConcurrentBag<string>();
        await using var receiver = await Receiver.StartAsync((context, request) =>
        {
            if (request.Text.Contains("13", StringComparison.Ordinal))
                return Receiver.Answers(400, "13 is bad luck")(context, request);
            foreach (var value in Values(request))
                accepted.Add(value);
            return Task.CompletedTask;
        });
        await using var task = await RunningTask.StartAsync(receiver.Url);

        var error = await Assert.ThrowsAsync<RecordsFailedException>(
            () => task.PutAsync([.. Enumerable.Range(0, 30).Select(o => Batch.Record(o.ToString(), o))]).WaitAsync(s_limit));

        var failure = Assert.Single(error.Failures);
        Assert.Equal(13, failure.Index);
        Assert.False(failure.CanRetry);
        Assert.Contains("400 Bad Request to the record t-0@13: 13 is bad luck", failure.Error.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 30).Where(o => o != 13), accepted.Select(int.Parse).Order());
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_sent_in_parts()
    {
        var accepted = new ConcurrentQueue<string>();
        await using var receiver = await Receiver.StartAsync((context, request) =>
        {
            if (request.Body.Length > 1000)
                return Receiver.Answers(413)(context, request);
            foreach (var value in Values(request))
                accepted.Enqueue(value);
            return Task.CompletedTask;
        });
        await using var task = await RunningTask.StartAsync(receiver.Url);

        await task.PutAsync([.. Enumerable.Range(1000, 500).Select(o => Batch.Record(o.ToString(), o))]).WaitAsync(s_limit);

        Assert.Equal(Enumerable.Range(1000, 500), accepted.Select(int.Parse));
    }

    [Fact]
    public async Task Bytes_of_a_request_stay_within_the_limit()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var task = await RunningTask.StartAsync(receiver.Url, ("batch.max.bytes", "100"));

        await task.PutAsync([.. Enumerable.Range(0, 200).Select(o => Batch.Record(o.ToString(), o))]).WaitAsync(s_limit);

        Assert.Equal(Enumerable.Range(0, 200), receiver.Requests.SelectMany(Values).Select(int.Parse));
        Assert.All(receiver.Requests, request => Assert.InRange(request.Body.Length, 1, 100));
    }

    [Fact]
    public async Task The_receiver_decides_when_it_is_asked_again()
    {
        var times = new ConcurrentQueue<long>();
        await using var receiver = await Receiver.StartAsync((context, request) =>
        {
            times.Enqueue(Environment.TickCount64);
            return times.Count == 1 ? Receiver.Answers(429, "", ("Retry-After", "1"))(context, request) : Task.CompletedTask;
        });
        await using var task = await RunningTask.StartAsync(receiver.Url);

        await task.PutAsync([Batch.Record("1")]).WaitAsync(s_limit);

        Assert.Equal(2, times.Count);
        Assert.InRange(times.Last() - times.First(), 990, 30_000);
    }

    [Fact]
    public async Task What_the_operator_has_to_mend_fails_the_task()
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Answers(404));
        await using var task = await RunningTask.StartAsync(receiver.Url);

        var error = await Assert.ThrowsAsync<ConnectException>(() => task.PutAsync([Batch.Record("1")]).WaitAsync(s_limit));

        Assert.Equal(typeof(ConnectException), error.GetType());
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task What_is_no_JSON_fails_alone()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var task = await RunningTask.StartAsync(receiver.Url);

        var error = await Assert.ThrowsAsync<RecordsFailedException>(
            () => task.PutAsync([Batch.Record("1", 0), Batch.Record("{", 1), Batch.Record("2", 2)]).WaitAsync(s_limit));

        Assert.Equal(1, Assert.Single(error.Failures).Index);
        Assert.Equal(["1", "2"], receiver.Requests.SelectMany(Values));
    }

    private static async Task MisbehaveAsync(int choice, HttpContext context)
    {
        switch (choice)
        {
            case 0:
                context.Response.StatusCode = 500;
                break;
            case 1:
                context.Response.StatusCode = 429;
                break;
            case 2:
                context.Response.StatusCode = 503;
                context.Response.Headers.RetryAfter = "0";
                break;
            case 5:
                await Task.Delay(20);
                break;
            default:
                await Task.Yield();
                break;
        }
    }

    private static string[] Values(Received request)
        => [.. request.Text.Trim('[', ']').Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(v => v.Trim('"'))];
}
