using System.Runtime.InteropServices;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;

namespace Exports.Pipeline;

/// <summary>
/// Where a record lies: one cache line a record, so that what handles records later runs through memory in order and need
/// not follow a pointer into librdkafka's objects for each of them.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RecordEntry
{
    /// <summary>The message that owns key, value and headers; null once they have been copied into the batch's own memory.</summary>
    public NativeMessage* Message;

    /// <summary>Null when the record has no key.</summary>
    public byte* Key;

    /// <summary>Null when the record has no value.</summary>
    public byte* Value;

    /// <summary>librdkafka's list of headers, or a copy of them (<see cref="CopiedHeaders"/>) where <see cref="Message"/> is null.</summary>
    public nint Headers;

    public long Offset;
    public long Timestamp;
    public int KeyLength;
    public int ValueLength;

    /// <summary>0 also when the task does not look at headers; <see cref="UnreadableHeaders"/> when they are not what Kafka writes.</summary>
    public int HeaderCount;

    public TimestampType TimestampType;

    public const int UnreadableHeaders = -1;
}
