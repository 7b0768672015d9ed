using System.Text;

namespace Exports.Api.Tests.Fuzzing;

/// <summary>One request as it is sent.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its path and query, as they are written.</param>
/// <param name="Bytes">All of it.</param>
/// <param name="Scratch">The connector that a request which succeeds may change; null where no change is allowed.</param>
internal sealed record FuzzRequest(string Method, string Target, byte[] Bytes, string? Scratch = null)
{
    /// <summary>Whether it only reads; methods are told apart without regard to case.</summary>
    public bool IsRead => Method.ToUpperInvariant() is "GET" or "HEAD";

    public override string ToString()
    {
        var text = Encoding.Latin1.GetString(Bytes);
        return text.Length > 2000 ? text[..2000] + "…" : text;
    }
}
