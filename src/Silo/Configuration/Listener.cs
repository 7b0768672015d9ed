using System.Globalization;
using System.Net;

namespace Exports.Silo.Configuration;

/// <summary>An address at which the REST API listens.</summary>
/// <param name="Host">A host name or IP address; empty for all addresses of the machine.</param>
/// <param name="Port">The port; 0 for a free one.</param>
/// <param name="IsHttps">Whether it speaks TLS.</param>
public sealed record Listener(string Host, int Port, bool IsHttps = false)
{
    /// <summary>What <see cref="TryParse"/> takes, for messages and documentation.</summary>
    internal const string Form = "http://host:port or https://host:port with a port from 0 to 65535 (0: a free one), and an empty host for all addresses";

    /// <summary>Whether it listens at every address of the machine.</summary>
    public bool IsAny => Host.Length == 0 || (IPAddress.TryParse(Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));

    /// <summary>Whether only programs of this machine can reach it.</summary>
    public bool IsLoopback
        => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(Host, out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>Reads <c>http://host:port</c> or <c>https://host:port</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="listener">The listener; null when the text is not one.</param>
    /// <param name="error">What is wrong; null when nothing is.</param>
    internal static bool TryParse(string text, out Listener? listener, out string? error)
    {
        listener = null;
        error = null;
        var end = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = end < 0 ? "" : text[..end].ToLowerInvariant();
        var rest = end < 0 ? text : text[(end + 3)..].TrimEnd('/');
        var colon = rest.LastIndexOf(':');
        if (scheme is not ("http" or "https") || colon < 0
            || !int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65535)
        {
            error = $"allowed: {Form}";
            return false;
        }

        var host = rest[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        if (host.Length > 0 && Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            error = $"'{host}' is not a host name or IP address; allowed: {Form}";
            return false;
        }

        listener = new Listener(host, port, scheme == "https");
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var scheme = IsHttps ? "https" : "http";
        return Host.Contains(':') ? $"{scheme}://[{Host}]:{Port}" : $"{scheme}://{Host}:{Port}";
    }
}
