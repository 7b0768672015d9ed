using System.Numerics;

namespace Exports.Connectors.Kinesis;

/// <summary>Spreads the numbers of Kafka partitions over the hash keys of a stream, 0 to 2^128 − 1.</summary>
internal static class HashKey
{
    private const int HashKeyBits = 128;
    private const int PartitionBits = 32;

    /// <summary>
    /// The partition's hash key: its number with the order of its bits reversed. Partition 1 lands in the middle, 2 and 3 in the
    /// middles of both halves, and so on, so any number of partitions spreads evenly over shards of even size.
    /// </summary>
    public static UInt128 Of(int partition) => (UInt128)Reverse((uint)partition) << (HashKeyBits - PartitionBits);

    private static uint Reverse(uint bits)
    {
        bits = ((bits >> 1) & 0x5555_5555) | ((bits & 0x5555_5555) << 1);
        bits = ((bits >> 2) & 0x3333_3333) | ((bits & 0x3333_3333) << 2);
        bits = ((bits >> 4) & 0x0F0F_0F0F) | ((bits & 0x0F0F_0F0F) << 4);
        bits = ((bits >> 8) & 0x00FF_00FF) | ((bits & 0x00FF_00FF) << 8);
        return BitOperations.RotateLeft(bits, PartitionBits / 2);
    }
}
