using System.Globalization;
using Exports.Silo.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Exports.Silo.Logging;

/// <summary>
/// One line an entry: time (UTC, ISO 8601), level, category, message. An exception follows on indented lines, so that each
/// line that is not indented begins an entry.
/// </summary>
internal sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = entry.Formatter(entry.State, entry.Exception);
        Span<char> stamp = stackalloc char[24];
        time.GetUtcNow().UtcDateTime.TryFormat(stamp, out var written, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        textWriter.Write(stamp[..written]);
        textWriter.Write(' ');
        textWriter.Write(LogLevels.NameOf(entry.LogLevel).PadRight(5));
        textWriter.Write(' ');
        textWriter.Write(entry.Category);
        textWriter.Write(": ");
        WriteIndented(textWriter, message);
        textWriter.Write('\n');
        if (entry.Exception is { } exception)
        {
            textWriter.Write("    ");
            WriteIndented(textWriter, exception.ToString());
            textWriter.Write('\n');
        }
    }

    private static void WriteIndented(TextWriter writer, string text)
    {
        if (text.AsSpan().IndexOfAny('\r', '\n') < 0)
            writer.Write(text);
        else
            writer.Write(text.ReplaceLineEndings("\n    "));
    }
}
