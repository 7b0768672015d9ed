using System.Text;
using Confluent.Kafka;
using Exports.Kafka.Client;

namespace Exports.Pipeline;

/// <summary>Copies records out of librdkafka's memory, as they were read: key, value, headers and timestamp.</summary>
internal static unsafe class DeadLetter
{
    /// <summary>Copies a record. Headers that are not in Kafka's format are left out.</summary>
    public static Message<byte[]?, byte[]?> Copy(in RecordEntry record) => new()
    {
        Key = Bytes(record.Key, record.KeyLength),
        Value = Bytes(record.Value, record.ValueLength),
        Headers = CopyHeaders(record),
        Timestamp = record.Timestamp >= 0
            ? new Timestamp(record.Timestamp, Confluent.Kafka.TimestampType.CreateTime)
            : Timestamp.Default,
    };

    /// <summary>How many bytes a copy holds, its headers left out.</summary>
    public static long Size(in RecordEntry record) => record.KeyLength + record.ValueLength;

    private static Headers CopyHeaders(in RecordEntry record)
    {
        var headers = new Headers();
        var copied = (byte*)record.Headers;
        for (var i = 0; i < record.HeaderCount; i++)
        {
            ReadOnlySpan<byte> name;
            byte* value;
            int length;
            if (record.Message is null)
                CopiedHeaders.Read(ref copied, out name, out value, out length);
            else
                NativeConsumer.GetHeader(record.Headers, i, out name, out value, out length);
            headers.Add(Encoding.UTF8.GetString(name), Bytes(value, length));
        }

        return headers;
    }

    private static byte[]? Bytes(byte* start, int length) => start is null ? null : new ReadOnlySpan<byte>(start, length).ToArray();
}
