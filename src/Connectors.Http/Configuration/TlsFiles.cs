using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>Reads the PEM files that a configuration names.</summary>
internal static class TlsFiles
{
    /// <summary>The certificates of the authorities to trust.</summary>
    /// <exception cref="ConfigException">The file cannot be read or holds no certificate.</exception>
    public static X509Certificate2Collection Authorities(string key, string path)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ConfigException(key, path, $"it cannot be read as a file of certificates in PEM: {e.Message}");
        }

        return found.Count > 0
            ? found
            : throw new ConfigException(key, path, "the file holds no certificate in PEM");
    }

    /// <summary>The client's own certificate with its key.</summary>
    /// <param name="certificateKey">The configuration key that names the file of the certificate.</param>
    /// <param name="certificate">The file of the certificate, with its intermediates behind it.</param>
    /// <param name="keyFile">The file of the key; null when it is in the same file.</param>
    /// <param name="password">The key's password, or null.</param>
    /// <exception cref="ConfigException">A file cannot be read, or the key does not belong to the certificate.</exception>
    public static SslStreamCertificateContext OwnCertificate(
        string certificateKey, string certificate, string? keyFile, string? password)
    {
        try
        {
            var own = password is null
                ? X509Certificate2.CreateFromPemFile(certificate, keyFile)
                : X509Certificate2.CreateFromEncryptedPemFile(certificate, password, keyFile);
            var others = new X509Certificate2Collection();
            others.ImportFromPemFile(certificate);
            others.RemoveAt(0);
            return SslStreamCertificateContext.Create(own, others, offline: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ConfigException(
                certificateKey, certificate,
                $"it cannot be read, together with {keyFile ?? "the key in the same file"}, as a certificate and its key in PEM: "
                + e.Message);
        }
    }
}
