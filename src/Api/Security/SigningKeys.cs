using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Exports.Api.Security;

/// <summary>Reads public keys from a JSON Web Key Set or from PEM.</summary>
internal static class SigningKeys
{
    /// <exception cref="FormatException">It is neither, or holds no public key.</exception>
    public static IReadOnlyList<SecurityKey> Parse(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes).Trim('\uFEFF', ' ', '\t', '\r', '\n');
        IReadOnlyList<SecurityKey> keys;
        try
        {
            keys = text.StartsWith('{') ? FromKeySet(text) : FromPem(text);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new FormatException($"it is neither a JSON Web Key Set nor PEM with public keys: {e.Message}", e);
        }

        return keys.Count > 0 ? keys : throw new FormatException("it holds no public key (a JSON Web Key Set, PUBLIC KEY or CERTIFICATE)");
    }

    private static List<SecurityKey> FromKeySet(string json)
    {
        var set = new JsonWebKeySet(json);
        if (set.Keys.Any(key => key.Kty == JsonWebAlgorithmsKeyTypes.Octet))
            throw new FormatException("it holds a secret (kty oct); only public keys are taken");
        return [.. set.GetSigningKeys()];
    }

    private static List<SecurityKey> FromPem(string text)
    {
        var keys = new List<SecurityKey>();
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            var label = rest[fields.Label];
            var pem = rest[fields.Location];
            if (label.EndsWith("PRIVATE KEY"))
                throw new FormatException("it holds a private key; the worker needs the public one alone");
            if (label.SequenceEqual("CERTIFICATE"))
                keys.Add(new X509SecurityKey(X509Certificate2.CreateFromPem(pem)));
            else if (label.EndsWith("PUBLIC KEY"))
                keys.Add(FromPublicKey(pem));
        }

        return keys;
    }

    private static AsymmetricSecurityKey FromPublicKey(ReadOnlySpan<char> pem)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return new RsaSecurityKey(rsa);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            rsa.Dispose();
            var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(pem);
            return new ECDsaSecurityKey(ecdsa);
        }
    }
}
