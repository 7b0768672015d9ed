using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Exports.Silo.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Exports.Silo.Logging;

/// <summary>One line an entry, each a JSON object, exceptions included; <c>docs/logs.md</c> tells the fields.</summary>
internal sealed class JsonFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "json-line";

    // The lines are no part of a web page; control characters and line separators are escaped all the same.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString(
                "timestamp", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            writer.WriteString("level", LogLevels.NameOf(entry.LogLevel));
            writer.WriteString("logger", entry.Category);
            writer.WriteString("message", entry.Formatter(entry.State, entry.Exception));
            if (entry.EventId.Name is { Length: > 0 } name)
                writer.WriteString("event", name);
            else if (entry.EventId.Id != 0)
                writer.WriteString("event", entry.EventId.Id.ToString(CultureInfo.InvariantCulture));
            var fields = new JsonFields(writer);
            // What surrounds an entry first: a plugin's own {Task} does not hide which task it runs in.
            scopeProvider?.ForEachScope(
                static (scope, fields) =>
                {
                    if (scope is IEnumerable<KeyValuePair<string, object?>> values)
                        fields.Write(values);
                },
                fields);
            if (entry.State is IEnumerable<KeyValuePair<string, object?>> state)
                fields.Write(state);
            if (entry.Exception is { } exception)
                writer.WriteString("exception", exception.ToString());
            // One that has ended goes on being current in what it has started.
            if (Activity.Current is { IsStopped: false, IdFormat: ActivityIdFormat.W3C } activity)
            {
                writer.WriteString("trace_id", activity.TraceId.ToHexString());
                writer.WriteString("span_id", activity.SpanId.ToHexString());
            }

            writer.WriteEndObject();
        }

        textWriter.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        textWriter.Write('\n');
    }
}
