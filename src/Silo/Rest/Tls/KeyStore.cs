using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Exports.Silo.Configuration;

namespace Exports.Silo.Rest.Tls;

/// <summary>Reads the worker's certificate with its key and its chain.</summary>
internal static class KeyStore
{
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">It does not hold a certificate with its key, or the password is wrong.</exception>
    public static SslStreamCertificateContext Load(StoreConfig config)
        => Parse(config, config.Location is { } file ? File.ReadAllBytes(file) : Encoding.UTF8.GetBytes(config.Inline!));

    /// <inheritdoc cref="Load"/>
    public static SslStreamCertificateContext Parse(StoreConfig config, byte[] bytes)
    {
        try
        {
            return config.IsPem ? FromPem(Encoding.UTF8.GetString(bytes), config.Password) : FromPkcs12(bytes, config.Password);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FormatException($"no certificate with its key can be read from it: {e.Message}", e);
        }
    }

    private static SslStreamCertificateContext FromPkcs12(byte[] bytes, string? password)
    {
        Pkcs12.RefuseJks(bytes);
        var all = X509CertificateLoader.LoadPkcs12Collection(bytes, password, X509KeyStorageFlags.EphemeralKeySet);
        var own = all.FirstOrDefault(certificate => certificate.HasPrivateKey)
            ?? throw new FormatException("it holds no certificate with a private key");
        return WithChain(own, all);
    }

    private static SslStreamCertificateContext FromPem(string text, string? password)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(text);
        if (all.Count == 0)
            throw new FormatException("it holds no CERTIFICATE in PEM");
        var own = password is null ? X509Certificate2.CreateFromPem(text, text) : X509Certificate2.CreateFromEncryptedPem(text, text, password);
        return WithChain(own, all);
    }

    private static SslStreamCertificateContext WithChain(X509Certificate2 own, X509Certificate2Collection all)
        => SslStreamCertificateContext.Create(
            own, [.. all.Where(certificate => !certificate.RawDataMemory.Span.SequenceEqual(own.RawDataMemory.Span))], offline: true);
}
