using System.Net.Security;
using System.Security.Authentication;

namespace Exports.Silo.Configuration;

/// <summary>TLS of the https listeners. Holds secrets.</summary>
internal sealed record TlsConfig
{
    /// <summary>The worker's certificate, its chain and its key.</summary>
    public required StoreConfig KeyStore { get; init; }

    /// <summary>The authorities of callers' certificates; null where callers need none.</summary>
    public StoreConfig? TrustStore { get; init; }

    /// <summary>Whether callers must have a certificate; with a trust store and without this, one is checked where it is given.</summary>
    public bool RequiresClientCertificate { get; init; }

    public required SslProtocols Protocols { get; init; }

    /// <summary>The cipher suites; null for those of the machine.</summary>
    public IReadOnlyList<TlsCipherSuite>? CipherSuites { get; init; }
}

/// <summary>Where certificates come from.</summary>
/// <param name="Key">The configuration key that names it, for messages.</param>
/// <param name="IsPem">PEM, else PKCS12.</param>
/// <param name="Location">The file; null where the configuration holds the PEM itself.</param>
/// <param name="Inline">The PEM itself: certificates, and the key of a key store.</param>
/// <param name="Password">The password of the file, or of the key in it.</param>
internal sealed record StoreConfig(string Key, bool IsPem, string? Location, string? Inline, string? Password);
