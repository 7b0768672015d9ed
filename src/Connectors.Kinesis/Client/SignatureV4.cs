using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Exports.Connectors.Kinesis;

/// <summary>
/// Signs requests of one service in one region by AWS Signature Version 4. The day's key is kept between requests. Thread-safe.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html</remarks>
internal sealed class SignatureV4(string region, string service)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Terminator = "aws4_request";

    private DayKey? _key;

    /// <summary>The moment as a signature names it: <c>20130524T000000Z</c>.</summary>
    public static string Format(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The value of the header <c>Authorization</c> of a POST to <c>/</c> without a query.</summary>
    /// <param name="credentials">Who signs.</param>
    /// <param name="time">As the header <c>X-Amz-Date</c> has it.</param>
    /// <param name="headers">The headers to sign: names in lower case and in order, values trimmed.</param>
    /// <param name="body">The body.</param>
    public string Authorize(
        AwsCredentials credentials, string time, ReadOnlySpan<(string Name, string Value)> headers, ReadOnlySpan<byte> body)
    {
        var names = new StringBuilder();
        var canonical = new StringBuilder("POST\n/\n\n");
        foreach (var (name, value) in headers)
        {
            names.Append(names.Length == 0 ? "" : ";").Append(name);
            canonical.Append(name).Append(':').Append(value).Append('\n');
        }

        canonical.Append('\n').Append(names).Append('\n').Append(Hash(body));
        var scope = $"{time.AsSpan(0, 8)}/{region}/{service}/{Terminator}";
        var toSign = $"{Algorithm}\n{time}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical.ToString()))}";
        var signature = Convert.ToHexStringLower(
            HMACSHA256.HashData(KeyOf(credentials, time[..8]), Encoding.UTF8.GetBytes(toSign)));
        return $"{Algorithm} Credential={credentials.AccessKey}/{scope}, SignedHeaders={names}, Signature={signature}";
    }

    private static string Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, hash);
        return Convert.ToHexStringLower(hash);
    }

    private byte[] KeyOf(AwsCredentials credentials, string day)
    {
        if (_key is { } held && held.Day == day && held.SecretKey == credentials.SecretKey)
            return held.Key;
        var key = Derive(Encoding.UTF8.GetBytes("AWS4" + credentials.SecretKey), day);
        key = Derive(key, region);
        key = Derive(key, service);
        key = Derive(key, Terminator);
        _key = new(credentials.SecretKey, day, key);
        return key;
    }

    private static byte[] Derive(byte[] key, string data) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(data));

    private sealed class DayKey(string secretKey, string day, byte[] key)
    {
        public string SecretKey => secretKey;

        public string Day => day;

        public byte[] Key => key;
    }
}
