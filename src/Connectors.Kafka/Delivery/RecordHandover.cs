using System.Runtime.CompilerServices;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Connectors.Kafka;

/// <summary>Hands single records over to a producer, and knows them again in its reports.</summary>
internal static unsafe class RecordHandover
{
    /// <summary>Hands a record over.</summary>
    /// <param name="config">Where it goes, and in which form.</param>
    /// <param name="pins">Keeps its memory in place.</param>
    /// <param name="slot">What to know its batch again by.</param>
    /// <param name="index">Its index in the batch.</param>
    /// <param name="record">The record.</param>
    /// <param name="producer">The producer.</param>
    /// <param name="topic">The handle of the target's topic.</param>
    /// <exception cref="DataException">The record has no form in bytes.</exception>
    public static ErrorCode Produce(
        KafkaSinkConfig config, NativePins pins, int slot, int index, in SinkRecord record, NativeProducer producer, nint topic)
    {
        var key = RecordEncoder.Encode(record.Key, config.Keys, KafkaSinkConfig.KeyFormat);
        var value = RecordEncoder.Encode(record.Value, config.Values, KafkaSinkConfig.ValueFormat);
        var headers = config.KeepsHeaders && record.Headers.Count > 0 ? RecordEncoder.Encode(record.Headers) : 0;
        // A null pointer means that there is none, and that is what an empty span gives.
        byte empty = 0;
        var keyMemory = key.GetValueOrDefault();
        var valueMemory = value.GetValueOrDefault();
        ErrorCode error;
        fixed (byte* keyStart = keyMemory.Span, valueStart = valueMemory.Span)
        {
            // What lies in native memory stays there until the batch completes; what lies in arrays may move, and is copied.
            var inPlace = pins.AddressOf(valueMemory);
            error = producer.Produce(
                topic,
                config.KeepsPartition ? record.Partition : NativeProducer.AnyPartition,
                key is null ? null : keyStart is null ? &empty : keyStart,
                keyMemory.Length,
                value is null ? null : inPlace is not null ? inPlace : valueStart is null ? &empty : valueStart,
                valueMemory.Length,
                copyValue: inPlace is null,
                config.KeepsTimestamps && record.Timestamp > 0 ? record.Timestamp : 0,
                headers,
                ((nint)slot << 32) | (nint)(uint)index);
        }

        if (error != ErrorCode.NoError && headers != 0)
            NativeProducer.DestroyHeaders(headers);
        return error;
    }

    /// <summary>The slot of the batch that a reported record is of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SlotOf(NativeMessage* report) => (int)(report->Opaque >> 32);

    /// <summary>The index of a reported record in its batch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOf(NativeMessage* report) => (int)report->Opaque;

    /// <summary>The bytes of a record's key and value, as far as they are bytes or text.</summary>
    public static long SizeOf(in SinkRecord record) => Size(record.Key) + Size(record.Value);

    private static long Size(in ConnectValue value)
        => value.Kind is ConnectValueKind.Bytes or ConnectValueKind.Utf8 ? value.Bytes.Length : 0;
}
