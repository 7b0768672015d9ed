using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Exports.Kafka.Client;

/// <summary>
/// A record, or an error, as librdkafka hands it out (<c>rd_kafka_message_t</c>). It lives in librdkafka's memory, together
/// with its key, value and headers, until it is destroyed.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly unsafe struct NativeMessage
{
    private readonly int _error;
    private readonly nint _topic;
    private readonly int _partition;
    private readonly byte* _value;
    private readonly nuint _valueLength;
    private readonly byte* _key;
    private readonly nuint _keyLength;
    private readonly long _offset;
    private readonly nint _private;

    /// <summary>The error, or <see cref="ErrorCode.NoError"/> for a record.</summary>
    public ErrorCode Error => (ErrorCode)_error;

    /// <summary>The consumer's handle of the topic, the same for all of its records; 0 where an error concerns no topic.</summary>
    public nint Topic => _topic;

    /// <summary>The partition's number.</summary>
    public int Partition => _partition;

    /// <summary>The record's offset.</summary>
    public long Offset => _offset;

    /// <summary>The value's first byte; null when the record has none. For an error: its text, of <see cref="ValueLength"/> bytes.</summary>
    public byte* Value => _value;

    /// <summary>The value's length in bytes.</summary>
    public int ValueLength => (int)_valueLength;

    /// <summary>The key's first byte; null when the record has none.</summary>
    public byte* Key => _key;

    /// <summary>The key's length in bytes.</summary>
    public int KeyLength => (int)_keyLength;

    /// <summary>In a delivery report: the value that the record was produced with.</summary>
    public nint Opaque => _private;
}
