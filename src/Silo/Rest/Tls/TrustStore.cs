using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Exports.Silo.Configuration;

namespace Exports.Silo.Rest.Tls;

/// <summary>The authorities of callers' certificates.</summary>
internal sealed class TrustStore
{
    private static readonly Oid s_clientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2Collection _authorities;

    private TrustStore(X509Certificate2Collection authorities) => _authorities = authorities;

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">It holds no certificate, or the password is wrong.</exception>
    public static TrustStore Load(StoreConfig config)
        => Parse(config, config.Location is { } file ? File.ReadAllBytes(file) : Encoding.UTF8.GetBytes(config.Inline!));

    /// <inheritdoc cref="Load"/>
    public static TrustStore Parse(StoreConfig config, byte[] bytes)
    {
        X509Certificate2Collection authorities = [];
        try
        {
            if (config.IsPem)
            {
                authorities.ImportFromPem(Encoding.UTF8.GetString(bytes));
            }
            else
            {
                Pkcs12.RefuseJks(bytes);
                authorities = X509CertificateLoader.LoadPkcs12Collection(bytes, config.Password, X509KeyStorageFlags.EphemeralKeySet);
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FormatException($"no certificates can be read from it: {e.Message}", e);
        }

        return authorities.Count > 0 ? new(authorities) : throw new FormatException("it holds no certificate");
    }

    /// <summary>Whether one of the authorities vouches for the certificate, and it is one for clients.</summary>
    /// <param name="certificate">The caller's certificate.</param>
    /// <param name="sent">What else the caller has sent: intermediate certificates.</param>
    public bool Vouches(X509Certificate2 certificate, IEnumerable<X509Certificate2> sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.ExtraStore.AddRange(sent.ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(s_clientAuthentication);
        return chain.Build(certificate);
    }
}
