using System.Text;
using System.Text.Json;
using Exports.Demo.Events;

namespace Exports.Demo.Tests;

public sealed class EventSourceTests
{
    private const long Time = 1_790_000_000_123_456;

    [Fact]
    public void An_event_depends_on_seed_number_and_time_alone()
    {
        using var one = new EventSource(7, 6);
        using var other = new EventSource(7, 6);
        for (var sequence = 0; sequence < 3000; sequence++)
            Make(one, sequence);
        Assert.Equal(Make(one, 1234), Make(other, 1234));
        using var third = new EventSource(8, 6);
        Assert.NotEqual(Make(one, 1234), Make(third, 1234));
    }

    [Fact]
    public void An_event_is_json_with_what_a_quality_service_would_send()
    {
        using var source = new EventSource(1, 6);
        var (key, value) = Make(source, 42);
        var json = JsonDocument.Parse(value).RootElement;
        Assert.Equal(42, json.GetProperty("sequence").GetInt64());
        Assert.Equal(key, json.GetProperty("view_id").GetString());
        Assert.Equal("2026-09-21T14:13:20.123456Z", json.GetProperty("event_time").GetString());
        foreach (var text in new[] { "event", "environment", "player_name", "player_version", "cdn", "country" })
            Assert.NotEmpty(json.GetProperty(text).GetString()!);
        foreach (var number in new[] { "startup_time_ms", "rebuffer_count", "rebuffer_duration_ms", "bitrate_kbps", "watch_time_ms" })
            Assert.True(json.GetProperty(number).GetInt32() >= 0);
    }

    [Fact]
    public void Four_events_of_a_view_follow_each_other_in_one_partition()
    {
        using var source = new EventSource(3, 6);
        var views = Enumerable.Range(0, 8192)
            .Select(sequence => (Sequence: sequence, Event: Make(source, sequence)))
            .GroupBy(made => made.Event.Key)
            .ToList();
        Assert.Equal(2048, views.Count);
        foreach (var view in views)
        {
            Assert.Single(view.Select(made => source.PartitionOf(made.Sequence)).Distinct());
            Assert.Equal(
                ["viewstart", "heartbeat", "heartbeat", "viewend"],
                view.Select(made => JsonDocument.Parse(made.Event.Value).RootElement.GetProperty("event").GetString()));
        }
    }

    [Fact]
    public void Partitions_share_events_about_equally()
    {
        using var source = new EventSource(5, 6);
        var counts = Enumerable.Range(0, 60_000).CountBy(sequence => source.PartitionOf(sequence)).ToDictionary();
        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 9_000, 11_000));
    }

    /// <summary>What the feed's bounds for the embedded Kafka's 5 MiB rest on.</summary>
    [Fact]
    public void An_event_is_neither_smaller_nor_larger_than_the_feed_counts_on()
    {
        using var source = new EventSource(11, 6);
        for (var i = 0; i < 50_000; i++)
        {
            var (key, value) = Make(source, i % 2 == 0 ? i : i * 1_000_000_007L);
            Assert.InRange(key.Length + Encoding.UTF8.GetByteCount(value), 257, EventSource.MaxBytes);
        }
    }

    [Fact]
    public void An_event_is_read_back()
    {
        using var source = new EventSource(1, 6);
        var value = Encoding.UTF8.GetBytes(Make(source, 99).Value);
        Assert.True(EventReader.TryRead(value, out var sequence, out var time));
        Assert.Equal((99, Time), (sequence, time));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"sequence":1}""")]
    [InlineData("""{"sequence":"1","event_time":"2026-09-21T14:13:20.123456Z"}""")]
    [InlineData("""{"sequence":1,"event_time":"2026-09-21T14:13:20.1""")]
    [InlineData("""{"sequence":1,"event_time":"2026-09-21T14:13:20.123456Z"}{""")]
    public void What_is_not_a_whole_event_is_not_read(string text)
        => Assert.False(EventReader.TryRead(Encoding.UTF8.GetBytes(text), out _, out _));

    private static (string Key, string Value) Make(EventSource source, long sequence)
    {
        var key = source.Make(sequence, Time, out var value);
        return (Encoding.UTF8.GetString(key), Encoding.UTF8.GetString(value));
    }
}
