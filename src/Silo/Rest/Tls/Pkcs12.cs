namespace Exports.Silo.Rest.Tls;

/// <summary>Tells what looks like PKCS12 and is not.</summary>
internal static class Pkcs12
{
    /// <summary>What to do with a Java key store.</summary>
    public const string Conversion =
        "convert a Java key store with: keytool -importkeystore -srckeystore OLD.jks -destkeystore NEW.p12 -deststoretype PKCS12";

    private static ReadOnlySpan<byte> JksMark => [0xFE, 0xED, 0xFE, 0xED];

    /// <exception cref="FormatException">It is a store of Java's own kind.</exception>
    public static void RefuseJks(byte[] bytes)
    {
        if (bytes.AsSpan().StartsWith(JksMark))
            throw new FormatException($"it is a Java key store (JKS); {Conversion}");
    }
}
