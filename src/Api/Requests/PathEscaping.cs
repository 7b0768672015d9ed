using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Exports.Api.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Exports.Api.Requests;

/// <summary>
/// Keeps names in paths unambiguous. The server decodes <c>%25</c> but leaves <c>%2F</c>, so <c>a%2Fb</c> (the name a/b)
/// and <c>a%252Fb</c> (the name a%2Fb) would look the same to an endpoint, and it removes a segment <c>%2E%2E</c>. This
/// step decodes every segment from the request line itself, and hands on a path in which only <c>%</c> and <c>/</c> are
/// encoded; <see cref="PathSegment"/> undoes that.
/// </summary>
internal static class PathEscaping
{
    private static readonly string[] s_roots = ["/connectors/", "/connector-plugins/", "/admin/loggers/"];
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        var path = PathOf(context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "");
        if (path.Contains('%') && Array.Exists(s_roots, root => path.StartsWith(root, StringComparison.OrdinalIgnoreCase)))
        {
            if (!TryEscape(path, out var escaped))
                return ErrorResponses.BadPath(path).ExecuteAsync(context);
            context.Request.Path = new PathString(escaped);
        }
        return next(context);
    }

    /// <summary>Decodes each segment of a path once, and encodes <c>%</c> and <c>/</c> in it again.</summary>
    /// <returns>False when a segment is not percent-encoded UTF-8.</returns>
    public static bool TryEscape(string path, [NotNullWhen(true)] out string? escaped)
    {
        var result = new StringBuilder(path.Length);
        escaped = null;
        foreach (var segment in path.Split('/').Skip(1))
        {
            if (!TryDecode(segment, out var decoded))
                return false;
            result.Append('/').Append(new PathSegment(decoded).Escape());
        }
        escaped = result.ToString();
        return true;
    }

    private static bool TryDecode(string segment, [NotNullWhen(true)] out string? decoded)
    {
        decoded = segment;
        if (!segment.Contains('%'))
            return true;
        var bytes = new ArrayBufferWriter<byte>(segment.Length);
        for (var rest = segment.AsSpan(); rest.Length > 0;)
        {
            var encoded = rest[0] == '%';
            var length = encoded ? 3 : 1;
            if (rest.Length < length)
                return false;
            if (!encoded)
                Encoding.UTF8.GetBytes(rest[..1], bytes);
            else if (Convert.FromHexString(rest[1..3], bytes.GetSpan(1), out _, out var written) == OperationStatus.Done)
                bytes.Advance(written);
            else
                return false;
            rest = rest[length..];
        }
        try
        {
            decoded = s_strictUtf8.GetString(bytes.WrittenSpan);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static string PathOf(string target)
    {
        // A proxy's request line holds the whole address: http://host/path?query.
        if (!target.StartsWith('/') && target.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
            target = target.IndexOf('/', scheme + 3) is > 0 and var slash ? target[slash..] : "/";
        return target.IndexOf('?') is >= 0 and var query ? target[..query] : target;
    }
}
