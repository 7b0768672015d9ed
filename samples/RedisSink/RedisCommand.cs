using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Exports.Connectors.Sdk;

namespace RedisSink;

/// <summary>Commands in Redis' protocol (RESP): an array of texts, each with its length before it.</summary>
internal static class RedisCommand
{
    /// <summary>The most bytes that a value takes beyond its own.</summary>
    public const int Overhead = 16;

    public static ReadOnlyMemory<byte> Of(params string[] words)
    {
        var output = new ArrayBufferWriter<byte>();
        Head(output, '*', words.Length);
        foreach (var word in words)
            Text(output, Encoding.UTF8.GetBytes(word));
        return output.WrittenMemory;
    }

    /// <summary>A command whose last words are the values of records.</summary>
    public static ReadOnlyMemory<byte> Of(string name, string key, SinkBatch request)
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        Head(output, '*', request.Count + 2);
        Text(output, Encoding.UTF8.GetBytes(name));
        Text(output, Encoding.UTF8.GetBytes(key));
        foreach (ref readonly var record in request.Records)
            Text(output, record.Value.Bytes.Span);
        return output.WrittenMemory;
    }

    private static void Text(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        Head(output, '$', text.Length);
        output.Write(text);
        output.Write("\r\n"u8);
    }

    private static void Head(ArrayBufferWriter<byte> output, char kind, int number)
    {
        Utf8.TryWrite(output.GetSpan(Overhead), $"{kind}{number}\r\n", out var length);
        output.Advance(length);
    }
}
