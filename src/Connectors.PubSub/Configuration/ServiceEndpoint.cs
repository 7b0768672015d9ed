using System.Globalization;

namespace Exports.Connectors.PubSub;

/// <summary>Where the service listens.</summary>
/// <param name="Host">A name or an IP address; IPv6 in brackets.</param>
/// <param name="Port">The port.</param>
/// <param name="Plaintext">Without TLS, as emulators do.</param>
internal sealed record ServiceEndpoint(string Host, int Port, bool Plaintext)
{
    public const int DefaultPort = 443;
    private const string GoogleDomain = ".googleapis.com";

    /// <summary>The address as a channel takes it.</summary>
    public Uri Address => new($"{(Plaintext ? "http" : "https")}://{Host}:{Port.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Whether it is one of Google's own addresses.</summary>
    public bool IsGoogle => Host.EndsWith(GoogleDomain, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads <c>host:port</c>; the port may be missing.</summary>
    /// <returns>Null when the text is neither.</returns>
    public static ServiceEndpoint? Parse(string text, bool plaintext)
    {
        var host = text;
        var port = DefaultPort;
        var colon = text.LastIndexOf(':');
        if (colon > text.LastIndexOf(']'))
        {
            host = text[..colon];
            if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535)
                return null;
        }

        var bare = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        var kind = Uri.CheckHostName(bare);
        var isBracketed = bare.Length != host.Length;
        return kind == UriHostNameType.Unknown || isBracketed != (kind == UriHostNameType.IPv6) ? null : new(host, port, plaintext);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
