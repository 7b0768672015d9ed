using System.Diagnostics;
using System.Text.Json.Nodes;
using Exports.Silo.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Silo.Tests.Logging;

public sealed class JsonFormatterTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 30, 5, 7, TimeSpan.Zero);

    [Fact]
    public void An_entry_has_time_level_logger_message_event_and_the_values_of_its_message_as_fields()
    {
        var line = Write(
            LogLevel.Warning, new(4, "Repositioned"), "views-3: nothing at 17",
            [("Connector", "views"), ("Task", 3), ("Topic", "t"), ("Partition", 2), ("Offset", 17L), ("DelayMs", 5L), ("{OriginalFormat}", "{Connector}…")]);

        Assert.Equal(
            """{"timestamp":"2026-03-01T12:30:05.007Z","level":"WARN","logger":"Exports.Test","message":"views-3: nothing at 17","""
            + """ "event":"Repositioned","connector":"views","task":3,"topic":"t","partition":2,"offset":17,"delay_ms":5}""".TrimStart(),
            line);
    }

    [Fact]
    public void An_event_without_a_name_has_its_number_and_one_without_either_has_none()
    {
        Assert.Equal("7", (string?)Parse(Write(LogLevel.Information, 7, "m", []))["event"]);
        Assert.False(Parse(Write(LogLevel.Information, 0, "m", [])).ContainsKey("event"));
    }

    [Fact]
    public void Numbers_and_truth_values_stay_what_they_are_and_durations_are_milliseconds()
    {
        var entry = Parse(Write(LogLevel.Information, 0, "m",
        [
            ("Count", 3), ("Ratio", 0.5), ("Exact", 1.10m), ("Huge", ulong.MaxValue), ("Odd", double.NaN), ("Yes", true), ("Elapsed", TimeSpan.FromSeconds(1.5)),
            ("At", s_now), ("Kind", DayOfWeek.Friday), ("Nothing", null),
        ]));

        Assert.Equal(
            """{"count":3,"ratio":0.5,"exact":1.10,"huge":18446744073709551615,"odd":"NaN","yes":true,"elapsed_ms":1500,"at":"2026-03-01T12:30:05.007+00:00","kind":"Friday"}""",
            new JsonObject(entry.Skip(4).Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public void An_exception_and_a_message_of_several_lines_are_one_line()
    {
        var exception = new InvalidOperationException("first\nsecond\r\nthird", new ArgumentException("inner"));
        var line = Write(LogLevel.Error, 0, "one\ntwo\u2028three\u0085", [("Text", "a\r\nb")], exception);

        Assert.Equal(-1, line.AsSpan().IndexOfAny("\n\r\u2028\u2029\u0085"));
        var entry = Parse(line);
        Assert.Equal("one\ntwo\u2028three\u0085", (string?)entry["message"]);
        Assert.Equal("a\r\nb", (string?)entry["text"]);
        Assert.Equal(exception.ToString(), (string?)entry["exception"]);
        Assert.Contains("System.ArgumentException: inner", (string?)entry["exception"]);
    }

    [Fact]
    public void Text_that_is_no_valid_UTF_16_is_written_all_the_same()
    {
        var entry = Parse(Write(LogLevel.Error, 0, "a\ud800b", [("T\udc00", "\udc00"), ("Whole", "\ud83d\ude00ä")]));

        Assert.Equal("a\ufffdb", (string?)entry["message"]);
        Assert.Equal("\ud83d\ude00ä", (string?)entry["whole"]);
        Assert.Contains(entry, field => field.Value!.GetValueKind() == System.Text.Json.JsonValueKind.String && (string?)field.Value == "\ufffd");
    }

    [Fact]
    public void A_field_never_takes_the_name_of_another_nor_of_a_fixed_one()
    {
        var line = Write(LogLevel.Error, 1, "text",
            [("Message", "m"), ("level", "l"), ("Exception", "e"), ("TraceId", "t"), ("Same", 1), ("same", 2), ("SAME", 3)], new IOException("x"));

        var names = System.Text.Json.JsonDocument.Parse(line).RootElement.EnumerateObject().Select(field => field.Name).ToList();
        Assert.Equal(names.Distinct(), names);
        var entry = Parse(line);
        Assert.Equal(("text", "m"), ((string?)entry["message"], (string?)entry["field_message"]));
        Assert.Equal(("ERROR", "l"), ((string?)entry["level"], (string?)entry["field_level"]));
        Assert.Equal("e", (string?)entry["field_exception"]);
        Assert.Equal("t", (string?)entry["field_trace_id"]);
        Assert.Equal((1, 2), ((int)entry["same"]!, (int)entry["field_same"]!));
    }

    [Fact]
    public void What_is_a_number_in_all_other_lines_is_not_text_in_one()
    {
        var entry = Parse(Write(LogLevel.Error, 0, "m", [("Task", "connector-0"), ("Partition", "all"), ("Offset", 1.5)]));

        Assert.False(entry.ContainsKey("task") || entry.ContainsKey("partition") || entry.ContainsKey("offset"));
        Assert.Equal("connector-0", (string?)entry["field_task"]);
    }

    [Fact]
    public void Which_task_an_entry_is_about_is_told_by_what_surrounds_it()
    {
        var scopes = new LoggerExternalScopeProvider();
        using var scope = scopes.Push(new KeyValuePair<string, object?>[] { new("Connector", "views"), new("Task", 4) });

        var entry = Parse(Write(LogLevel.Error, 0, "m", [("Task", 9), ("Other", "o")], scopes: scopes));

        Assert.Equal(("views", 4, 9, "o"), ((string?)entry["connector"], (int)entry["task"]!, (int)entry["field_task"]!, (string?)entry["other"]));
    }

    [Fact]
    public void A_span_that_is_under_way_is_named_and_one_that_has_ended_is_not()
    {
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        var during = Parse(Write(LogLevel.Error, 0, "m", []));
        Assert.Equal(activity.TraceId.ToHexString(), (string?)during["trace_id"]);
        Assert.Equal(activity.SpanId.ToHexString(), (string?)during["span_id"]);

        // As it is seen by what was started while it was current.
        activity.Stop();
        Activity.Current = activity;
        Assert.False(Parse(Write(LogLevel.Error, 0, "m", [])).ContainsKey("trace_id"));
        Activity.Current = null;
    }

    private static JsonObject Parse(string line) => JsonNode.Parse(line)!.AsObject();

    private static string Write(
        LogLevel level, EventId id, string message, (string, object?)[] values, Exception? exception = null, IExternalScopeProvider? scopes = null)
    {
        var state = values.Select(value => KeyValuePair.Create(value.Item1, value.Item2)).ToList();
        var text = new StringWriter();
        new JsonFormatter(new StoppedClock()).Write(
            new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(level, "Exports.Test", id, state, exception, (_, _) => message), scopes, text);
        Assert.EndsWith("}\n", text.ToString());
        return text.ToString()[..^1];
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => s_now;
    }
}
