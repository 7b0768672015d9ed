using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>Writes records that <see cref="RecordEncoder"/> has prepared as the JSON of a PutRecords request.</summary>
/// <remarks>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html</remarks>
internal static class PutRecordsBody
{
    // Everything of a record but its data and the text of its key, with the longest hash key.
    private const int RecordOverhead = 96;

    // A control character is written as \u0000.
    private const int LongestEscape = 6;

    private static readonly SearchValues<byte> s_escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    /// <summary>Writes a request.</summary>
    /// <param name="streamName">The stream; its characters need no escape.</param>
    /// <param name="records">The records; at least one.</param>
    /// <param name="partitionAsHashKey">Whether records are placed by the number of their Kafka partition.</param>
    public static RequestBody Write(string streamName, ReadOnlySpan<SinkRecord> records, bool partitionAsHashKey)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Bound(streamName, records));
        var output = new Output(buffer);
        output.Write("{\"StreamName\":\""u8);
        output.Write(streamName);
        output.Write("\",\"Records\":["u8);
        for (var i = 0; i < records.Length; i++)
        {
            ref readonly var record = ref records[i];
            output.Write(i == 0 ? "{\"Data\":\""u8 : ",{\"Data\":\""u8);
            if (!record.Value.IsNull)
                output.WriteBase64(record.Value.Bytes.Span);
            output.Write("\",\"PartitionKey\":\""u8);
            if (record.Key.IsNull)
                output.WritePlace(record.Partition, record.Offset);
            else
                output.WriteEscaped(record.Key.Bytes.Span);
            if (partitionAsHashKey)
            {
                output.Write("\",\"ExplicitHashKey\":\""u8);
                output.Write(HashKey.Of(record.Partition));
            }

            output.Write("\"}"u8);
        }

        output.Write("]}"u8);
        return new(buffer, output.Length);
    }

    private static int Bound(string streamName, ReadOnlySpan<SinkRecord> records)
    {
        var bound = (long)streamName.Length + RecordOverhead;
        foreach (ref readonly var record in records)
        {
            bound += RecordOverhead;
            if (!record.Value.IsNull)
                bound += Base64.GetMaxEncodedToUtf8Length(record.Value.Bytes.Length);
            if (!record.Key.IsNull)
                bound += (long)record.Key.Bytes.Length * LongestEscape;
        }

        return checked((int)bound);
    }

    private ref struct Output(Span<byte> buffer)
    {
        private readonly Span<byte> _buffer = buffer;

        public int Length { get; private set; }

        public void Write(scoped ReadOnlySpan<byte> text)
        {
            text.CopyTo(_buffer[Length..]);
            Length += text.Length;
        }

        public void Write(string ascii) => Length += Encoding.ASCII.GetBytes(ascii, _buffer[Length..]);

        public void Write(UInt128 number)
        {
            number.TryFormat(_buffer[Length..], out var written, default, CultureInfo.InvariantCulture);
            Length += written;
        }

        public void WriteBase64(ReadOnlySpan<byte> data)
        {
            Base64.EncodeToUtf8(data, _buffer[Length..], out _, out var written);
            Length += written;
        }

        /// <summary>What stands in for a key: another one for each record, the same whenever one is sent again.</summary>
        public void WritePlace(int partition, long offset)
        {
            partition.TryFormat(_buffer[Length..], out var written, default, CultureInfo.InvariantCulture);
            Length += written;
            Write("-"u8);
            offset.TryFormat(_buffer[Length..], out written, default, CultureInfo.InvariantCulture);
            Length += written;
        }

        public void WriteEscaped(ReadOnlySpan<byte> text)
        {
            for (var next = text.IndexOfAny(s_escaped); next >= 0; next = text.IndexOfAny(s_escaped))
            {
                Write(text[..next]);
                if (text[next] >= 0x20)
                {
                    Write([(byte)'\\', text[next]]);
                }
                else
                {
                    Write("\\u00"u8);
                    text[next].TryFormat(_buffer[Length..], out var written, "x2", CultureInfo.InvariantCulture);
                    Length += written;
                }

                text = text[(next + 1)..];
            }

            Write(text);
        }
    }
}
