namespace Exports.Kafka.Client;

/// <summary>Translates the keys under <c>ssl.</c>.</summary>
internal static class SslSettings
{
    private const string TrustStore = "ssl.truststore.location";
    private const string KeyStore = "ssl.keystore.location";
    private const string Jvm = "it concerns the Java virtual machine";

    /// <summary>Translates the keys.</summary>
    /// <param name="t">The translation.</param>
    /// <param name="used">Whether connections are encrypted.</param>
    public static void Translate(Translation t, bool used)
    {
        if (!used)
        {
            foreach (var key in t.Remaining)
            {
                if (key.StartsWith("ssl.", StringComparison.Ordinal))
                {
                    t.TakeRaw(key);
                    t.Ignore(key, "security.protocol says that connections are not encrypted");
                }
            }

            return;
        }

        Trusted(t);
        Own(t);
        Protocol(t);
    }

    /// <summary>The certificates that a broker's certificate is checked against.</summary>
    private static void Trusted(Translation t)
    {
        var location = t.Take(TrustStore);
        var type = t.Take("ssl.truststore.type");
        var inline = t.TakeSecret("ssl.truststore.certificates");
        if (inline is not null)
        {
            OnlyPem("ssl.truststore.type", type, "ssl.truststore.certificates");
            if (location is not null)
                throw new KafkaSettingException(TrustStore, location, "give it or ssl.truststore.certificates, not both");
            t.Put("ssl.ca.pem", Pem("ssl.truststore.certificates", inline), "ssl.truststore.certificates");
        }
        else if (location is not null)
        {
            var kind = StoreKind(TrustStore, location, "ssl.truststore.type", type);
            if (kind != "PEM")
            {
                throw new KafkaSettingException(
                    TrustStore, location,
                    $"a {kind} store is not supported as trust store. Convert it once, with keytool -list -rfc -keystore "
                    + $"{location} > truststore.pem"
                    + (kind == "PKCS12" ? $" or openssl pkcs12 -in {location} -nokeys -out truststore.pem" : "")
                    + ", and set ssl.truststore.type=PEM and ssl.truststore.location to the new file");
            }

            t.Put("ssl.ca.location", location, TrustStore);
        }

        if (t.TakeSecret("ssl.truststore.password") is not null)
            t.Ignore("ssl.truststore.password", "certificates in PEM have no password");
    }

    /// <summary>The client's own certificate and key.</summary>
    private static void Own(Translation t)
    {
        var location = t.Take(KeyStore);
        var type = t.Take("ssl.keystore.type");
        var password = t.TakeSecret("ssl.keystore.password");
        var keyPassword = t.TakeSecret("ssl.key.password");
        var key = t.TakeSecret("ssl.keystore.key");
        var chain = t.TakeSecret("ssl.keystore.certificate.chain");
        if (key is not null || chain is not null)
        {
            OnlyPem("ssl.keystore.type", type, "ssl.keystore.key");
            if (location is not null)
                throw new KafkaSettingException(KeyStore, location, "give it or ssl.keystore.key, not both");
            if (key is null || chain is null)
            {
                throw new KafkaSettingException(
                    key is null ? "ssl.keystore.key" : "ssl.keystore.certificate.chain", null,
                    "ssl.keystore.key and ssl.keystore.certificate.chain go together");
            }

            t.Put("ssl.key.pem", Pem("ssl.keystore.key", key), "ssl.keystore.key");
            t.Put(
                "ssl.certificate.pem", Pem("ssl.keystore.certificate.chain", chain), "ssl.keystore.certificate.chain");
        }
        else if (location is not null)
        {
            switch (StoreKind(KeyStore, location, "ssl.keystore.type", type))
            {
                case "PEM":
                    t.Put("ssl.certificate.location", location, KeyStore);
                    t.Put("ssl.key.location", location, KeyStore);
                    break;
                case "PKCS12":
                    t.Put("ssl.keystore.location", location, KeyStore);
                    t.Put(
                        "ssl.keystore.password",
                        password ?? throw new KafkaSettingException("ssl.keystore.password", null, "a PKCS12 store needs it"),
                        "ssl.keystore.password");
                    if (keyPassword is not null && keyPassword != password)
                    {
                        throw new KafkaSettingException(
                            "ssl.key.password", keyPassword, "the key of a PKCS12 store has the password of the store");
                    }

                    return;
                case var kind:
                    throw new KafkaSettingException(
                        KeyStore, location,
                        $"a {kind} store is not supported. Convert it once, with keytool -importkeystore -srckeystore {location} "
                        + "-destkeystore keystore.p12 -deststoretype PKCS12, and set ssl.keystore.type=PKCS12 and "
                        + "ssl.keystore.location to the new file");
            }
        }

        if (password is not null)
            t.Ignore("ssl.keystore.password", "the password of a key in PEM is ssl.key.password");
        if (keyPassword is not null)
            t.Put("ssl.key.password", keyPassword, "ssl.key.password");
    }

    private static void Protocol(Translation t)
    {
        // An empty value switches the check of host names off, so it differs from none at all.
        const string check = "ssl.endpoint.identification.algorithm";
        if (t.TakeRaw(check)?.Trim() is { } algorithm)
        {
            t.Put(check, algorithm.ToLowerInvariant() switch
            {
                "" or "none" => "none",
                "https" => "https",
                _ => throw new KafkaSettingException(check, algorithm, "allowed: https, and nothing for no check of host names"),
            }, check);
        }

        if (t.Take("ssl.cipher.suites") is { } suites)
        {
            try
            {
                t.Put("ssl.cipher.suites", CipherSuites.ToOpenSsl(suites), "ssl.cipher.suites");
            }
            catch (FormatException e)
            {
                throw new KafkaSettingException("ssl.cipher.suites", suites, e.Message);
            }
        }

        if (t.Take("ssl.enabled.protocols") is { } protocols)
        {
            if (!protocols.Split(',', StringSplitOptions.TrimEntries).Contains("TLSv1.2", StringComparer.Ordinal))
            {
                throw new KafkaSettingException(
                    "ssl.enabled.protocols", protocols,
                    "the version cannot be chosen: OpenSSL takes the highest of TLSv1.2 and TLSv1.3 that the broker speaks; "
                    + "remove it, or list TLSv1.2");
            }

            t.Ignore("ssl.enabled.protocols", "OpenSSL takes the highest version that the broker speaks");
        }

        if (t.Take("ssl.protocol") is not null)
            t.Ignore("ssl.protocol", "OpenSSL takes the highest version that the broker speaks");
        if (t.Take("ssl.engine.factory.class") is { } factory)
        {
            if (factory != "org.apache.kafka.common.security.ssl.DefaultSslEngineFactory")
                throw new KafkaSettingException("ssl.engine.factory.class", factory, "a Java class cannot run here; remove it");
            t.Ignore("ssl.engine.factory.class", Jvm);
        }

        foreach (var key in (ReadOnlySpan<string>)
            ["ssl.provider", "ssl.keymanager.algorithm", "ssl.trustmanager.algorithm", "ssl.secure.random.implementation"])
        {
            if (t.TakeRaw(key) is not null)
                t.Ignore(key, Jvm);
        }
    }

    private static string Pem(string key, string text)
        => PemText.Normalise(text)
            ?? throw new KafkaSettingException(key, text, "it holds no block of PEM (-----BEGIN … -----END …)");

    private static void OnlyPem(string typeKey, string? type, string with)
    {
        if (type is not null && !string.Equals(type, "PEM", StringComparison.OrdinalIgnoreCase))
            throw new KafkaSettingException(typeKey, type, $"with {with} only PEM is allowed");
    }

    /// <summary>
    /// The kind of a store: what its type says, else what the file looks like. (Java takes a store without type for JKS.)
    /// </summary>
    private static string StoreKind(string key, string location, string typeKey, string? type)
    {
        if (type is not null)
        {
            var kind = type.ToUpperInvariant();
            return kind is "PEM" or "PKCS12" or "JKS"
                ? File.Exists(location) ? kind : throw new KafkaSettingException(key, location, "there is no such file")
                : throw new KafkaSettingException(typeKey, type, "allowed: PEM, PKCS12 (key stores only)");
        }

        Span<byte> start = stackalloc byte[4];
        try
        {
            using var file = File.OpenRead(location);
            if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length)
                throw new KafkaSettingException(key, location, "the file is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KafkaSettingException(
                key, location, e is FileNotFoundException or DirectoryNotFoundException
                    ? "there is no such file"
                    : "the file cannot be read");
        }

        return start switch
        {
            [0xfe, 0xed, 0xfe, 0xed] => "JKS",
            [0x30, ..] => "PKCS12",
            _ => "PEM",
        };
    }
}
