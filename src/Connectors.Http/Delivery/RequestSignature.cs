using System.Security.Cryptography;
using System.Text;

namespace Exports.Connectors.Http;

/// <summary>
/// Signs bodies so that a receiver knows where they come from, and when they were sent:
/// <c>sha256=</c> and the HMAC-SHA256, in lower-case hexadecimal digits, of the timestamp header's text, a full stop and the
/// body.
/// </summary>
internal sealed class RequestSignature(byte[] secret)
{
    /// <summary>The value of the signature's header.</summary>
    /// <param name="timestamp">The value of the timestamp's header.</param>
    /// <param name="body">The body as it is sent, compressed where it is.</param>
    public string Sign(string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp));
        hmac.AppendData("."u8);
        hmac.AppendData(body);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(hash);
        return $"sha256={Convert.ToHexStringLower(hash)}";
    }
}
