using System.Text;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;

namespace Exports.Pipeline;

/// <summary>
/// Makes the records of a put. Receives where they lie in memory, converts and transforms them, and leaves out those that a
/// transform drops. What passes through unchanged is neither parsed nor copied, and nothing is allocated for it.
/// </summary>
internal sealed unsafe class RecordAssembler(RecordConversion conversion, bool readsHeaders)
{
    private readonly bool _isPassThrough = conversion.IsPassThrough;

    /// <summary>Goes on from the batch's cursor until all its records are made, or one cannot be.</summary>
    /// <param name="put">The batch.</param>
    /// <param name="dropped">How many records a transform has dropped.</param>
    /// <returns>Null when the batch is complete; else why the record at the cursor could not be converted.</returns>
    public ConversionException? Fill(PutBatch put, out int dropped)
    {
        var records = put.Room();
        var parts = put.Parts;
        var count = put.RecordCount;
        var (p, e) = put.Cursor;
        var holdsObjects = !_isPassThrough;
        var window = NativeMemoryWindow.At(null);
        dropped = 0;
        for (; p < parts.Length; p++, e = 0)
        {
            var segment = parts[p].Segment;
            var entries = segment.Batch.Entries.Slice(segment.First, segment.Count);
            var (topic, partition) = segment.Batch.Partition.Id;
            for (; e < entries.Length; e++)
            {
                ref readonly var entry = ref entries[e];
                records[count] = new SinkRecord
                {
                    Topic = topic,
                    OriginalTopic = topic,
                    Partition = partition,
                    Offset = entry.Offset,
                    Timestamp = entry.Timestamp,
                    TimestampType = entry.TimestampType,
                    Key = entry.Key is null ? ConnectValue.Null : Value(entry.Key, entry.KeyLength, ref window),
                    Value = entry.Value is null ? ConnectValue.Null : Value(entry.Value, entry.ValueLength, ref window),
                };
                var hasHeaders = readsHeaders && entry.HeaderCount != 0;
                if (_isPassThrough && !hasHeaders)
                {
                    count++;
                    continue;
                }

                holdsObjects = true;
                try
                {
                    if (hasHeaders)
                        records[count] = records[count] with { Headers = ReadHeaders(entry, ref window) };
                    if (conversion.Convert(ref records[count]))
                        count++;
                    else
                        dropped++;
                }
                catch (ConversionException error)
                {
                    put.SetCount(count, holdsObjects);
                    put.Cursor = (p, e);
                    return error;
                }
            }

            parts[p].RecordsEnd = count;
        }

        put.SetCount(count, holdsObjects);
        put.Cursor = (p, 0);
        return null;
    }

    /// <summary>The record at the batch's cursor, as it was read, and the part that it belongs to.</summary>
    public static ref readonly RecordEntry Current(PutBatch put, out PutBatch.Part part)
    {
        var (p, e) = put.Cursor;
        part = put.Parts[p];
        return ref part.Segment.Batch.Entries[part.Segment.First + e];
    }

    /// <summary>Leaves out the record at the batch's cursor.</summary>
    public static void Skip(PutBatch put) => put.Cursor = put.Cursor with { Entry = put.Cursor.Entry + 1 };

    private static ConnectValue Value(byte* start, int length, ref NativeMemoryWindow window)
    {
        if (!window.Contains(start))
            window = NativeMemoryWindow.At(start);
        return ConnectValue.FromBytes(window.Piece(start, length));
    }

    private static Header[] ReadHeaders(in RecordEntry entry, ref NativeMemoryWindow window)
    {
        if (entry.HeaderCount == RecordEntry.UnreadableHeaders)
        {
            throw new ConversionException(
                ConversionStage.HeaderConverter,
                typeof(RecordAssembler).FullName!,
                new DataException("The record's headers are not in Kafka's format."));
        }

        var headers = new Header[entry.HeaderCount];
        var copied = (byte*)entry.Headers;
        for (var i = 0; i < headers.Length; i++)
        {
            ReadOnlySpan<byte> name;
            byte* value;
            int length;
            if (entry.Message is null)
                CopiedHeaders.Read(ref copied, out name, out value, out length);
            else
                NativeConsumer.GetHeader(entry.Headers, i, out name, out value, out length);
            headers[i] = new Header(
                Encoding.UTF8.GetString(name), value is null ? ConnectValue.Null : Value(value, length, ref window));
        }

        return headers;
    }
}
