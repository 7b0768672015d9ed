using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Exports.Observation;

/// <summary>
/// Writes metrics in Prometheus' text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
/// </summary>
public static class PrometheusText
{
    /// <summary>What the format is called.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes all metrics, and hands the text on in pieces.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="flush">Takes what has been written so far; the memory is used again afterwards.</param>
    public static async Task WriteAsync(WorkerMetrics metrics, Func<ReadOnlyMemory<byte>, Task> flush)
    {
        const int piece = 64 * 1024;
        var text = new ArrayBufferWriter<byte>(piece * 2);
        var snapshot = metrics.Read();
        foreach (var family in metrics.Families)
        {
            Head(text, family);
            if (family.ReadTotals is null)
            {
                foreach (var value in family.Read(snapshot))
                {
                    Line(text, family.Name, "", value);
                    await FlushAsync();
                }
            }
            else
            {
                foreach (var value in family.Read(snapshot))
                {
                    Line(text, family.Name, "_bucket", value);
                    await FlushAsync();
                }

                foreach (var (sum, count) in family.ReadTotals(snapshot))
                {
                    Line(text, family.Name, "_sum", sum);
                    Line(text, family.Name, "_count", count);
                    await FlushAsync();
                }
            }
        }

        await flush(text.WrittenMemory);

        async ValueTask FlushAsync()
        {
            if (text.WrittenCount < piece)
                return;
            await flush(text.WrittenMemory);
            text.ResetWrittenCount();
        }
    }

    private static void Head(ArrayBufferWriter<byte> text, MetricFamily family)
    {
        Write(text, "# HELP ");
        Write(text, family.Name);
        Write(text, " ");
        Write(text, family.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
        Write(text, "\n# TYPE ");
        Write(text, family.Name);
        Write(text, family.Kind switch
        {
            MetricKind.Counter => " counter\n",
            MetricKind.Histogram => " histogram\n",
            _ => " gauge\n",
        });
    }

    private static void Line(ArrayBufferWriter<byte> text, string name, string suffix, Measurement<double> value)
    {
        Write(text, name);
        Write(text, suffix);
        var separator = "{";
        foreach (var (label, content) in value.Tags)
        {
            Write(text, separator);
            Write(text, label);
            Write(text, "=\"");
            Write(text, Escape((string?)content ?? ""));
            Write(text, "\"");
            separator = ",";
        }

        Write(text, value.Tags.Length > 0 ? "} " : " ");
        var room = text.GetSpan(32);
        value.Value.TryFormat(room, out var written, default, CultureInfo.InvariantCulture);
        text.Advance(written);
        Write(text, "\n");
    }

    private static string Escape(string text)
        => text.AsSpan().IndexOfAny('\\', '"', '\n') < 0
            ? text
            : text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static void Write(ArrayBufferWriter<byte> text, string part)
        => text.Advance(Encoding.UTF8.GetBytes(part, text.GetSpan(Encoding.UTF8.GetMaxByteCount(part.Length))));
}
