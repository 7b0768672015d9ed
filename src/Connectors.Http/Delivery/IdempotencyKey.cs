using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>
/// A name for what a request holds: the same for the same records of the same connector, also after a restart. When the same
/// records are cut into other requests, those have other names.
/// </summary>
internal static class IdempotencyKey
{
    private const int KeyBytes = 16;

    /// <summary>32 hexadecimal digits.</summary>
    public static string Of(string connector, SinkBatch request)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(sha, connector);
        string? topic = null;
        Span<byte> place = stackalloc byte[sizeof(int) + sizeof(long)];
        foreach (ref readonly var record in request.Records)
        {
            if (record.Topic != topic)
            {
                topic = record.Topic;
                Append(sha, topic);
            }

            BinaryPrimitives.WriteInt32LittleEndian(place, record.Partition);
            BinaryPrimitives.WriteInt64LittleEndian(place[sizeof(int)..], record.Offset);
            sha.AppendData(place);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        sha.GetHashAndReset(hash);
        return Convert.ToHexStringLower(hash[..KeyBytes]);
    }

    private static void Append(IncrementalHash sha, string text)
    {
        sha.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
        // Ends the text: no name holds this character.
        sha.AppendData("\0\0"u8);
    }
}
