using System.Globalization;
using System.Net;

namespace Exports.Silo.Configuration;

/// <summary>An address at which the REST API listens.</summary>
/// <param name="Host">A host name or IP address; empty for all addresses of the machine.</param>
/// <param name="Port">The port; 0 for a free one.</param>
public sealed record Listener(string Host, int Port)
{
    /// <summary>What <see cref="TryParse"/> takes, for messages and documentation.</summary>
    internal const string Form = "http://host:port with a port from 0 to 65535 (0: a free one), and an empty host for all addresses";

    /// <summary>Whether it listens at every address of the machine.</summary>
    public bool IsAny => Host.Length == 0 || (IPAddress.TryParse(Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));

    /// <summary>Reads <c>http://host:port</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="listener">The listener; null when the text is not one.</param>
    /// <param name="error">What is wrong; null when nothing is.</param>
    internal static bool TryParse(string text, out Listener? listener, out string? error)
    {
        listener = null;
        error = null;
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0 && text[..scheme].Equals("https", StringComparison.OrdinalIgnoreCase))
        {
            error = $"https is not implemented: put a proxy that ends TLS in front, and listen on its side only; allowed: {Form}";
            return false;
        }

        var rest = scheme >= 0 ? text[(scheme + 3)..].TrimEnd('/') : text;
        var colon = rest.LastIndexOf(':');
        if (scheme < 0 || !text[..scheme].Equals("http", StringComparison.OrdinalIgnoreCase) || colon < 0
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

        listener = new Listener(host, port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':') ? $"http://[{Host}]:{Port}" : $"http://{Host}:{Port}";
}
