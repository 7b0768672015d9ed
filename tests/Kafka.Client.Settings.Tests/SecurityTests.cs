namespace Exports.Kafka.Client.Settings.Tests;

public sealed class SecurityTests : IDisposable
{
    private const string Plain = "org.apache.kafka.common.security.plain.PlainLoginModule";
    private const string Scram = "org.apache.kafka.common.security.scram.ScramLoginModule";
    private const string Block = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("exports-settings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("PLAIN", Plain + " required username=\"u\" password=\"p\";", "u", "p")]
    [InlineData("PLAIN", Plain + " required\n  username='u'\n  password='p w' ;\n", "u", "p w")]
    [InlineData("PLAIN", Plain + " required username=u password=p;", "u", "p")]
    [InlineData(
        "PLAIN", Plain + " REQUIRED serviceName=\"kafka\" password=\"a\\\"b\\\\c\\td\\101;=\" username=\"u\";",
        "u", "a\"b\\c\tdA;=")]
    [InlineData("PLAIN", Plain + " required /* who */ username=\"u//x\" // and\n password=\"p/*y*/\";", "u//x", "p/*y*/")]
    [InlineData("PLAIN", Plain + " required username=\"u\" password=\" p \";", "u", " p ")]
    [InlineData("scram-sha-256", Scram + " required username=\"ü\" password='it\"s';", "ü", "it\"s")]
    [InlineData(
        "SCRAM-SHA-512", Scram + " sufficient username=\"$CONN\" password=\"Endpoint=sb://x/;Key=abc=\";",
        "$CONN", "Endpoint=sb://x/;Key=abc=")]
    public void User_and_password_are_taken_from_the_login_module(string mechanism, string jaas, string user, string password)
    {
        var settings = Settings.Translate(
            ClientRole.Consumer,
            ("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", mechanism), ("sasl.jaas.config", jaas)).Settings;

        Assert.Equal("sasl_plaintext", settings["security.protocol"]);
        Assert.Equal(mechanism.ToUpperInvariant(), settings["sasl.mechanisms"]);
        Assert.Equal(user, settings["sasl.username"]);
        Assert.Equal(password, settings["sasl.password"]);
        Assert.DoesNotContain(settings.Keys, key => key == "sasl.jaas.config");
    }

    [Theory]
    [InlineData(Plain + " required username=\"u\" password=\"geheim\"", "semicolon")]
    [InlineData(Plain + " username=\"u\" password=\"geheim\";", "required, requisite, sufficient, optional")]
    [InlineData(Plain + " required username=\"u\" password=\"geheim;", "closing quote")]
    [InlineData(Plain + " required username=\"u\" password \"geheim\";", "'password' has no '='")]
    [InlineData(Plain + " required username=\"u\" password=;", "value")]
    [InlineData(Plain + " required username=\"u\" password=\"\";", "password is missing or empty")]
    [InlineData(Plain + " required password=\"geheim\";", "username is missing")]
    [InlineData(Plain + " required username=\"u\" password=\"geheim\"; " + Plain + " required;", "only one login module")]
    [InlineData(Scram + " required username=\"u\" password=\"geheim\";", "PlainLoginModule, not ScramLoginModule")]
    [InlineData("", "needs it")]
    public void A_login_module_that_cannot_be_read_is_refused_without_showing_the_password(string jaas, string reason)
    {
        var e = Settings.Refusal(
            ClientRole.Producer,
            ("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "PLAIN"), ("sasl.jaas.config", jaas));

        Assert.Equal("sasl.jaas.config", e.Key);
        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GSSAPI", "Kerberos")]
    [InlineData("AWS_MSK_IAM", "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER")]
    [InlineData(null, "default GSSAPI")]
    public void Mechanisms_that_the_client_lacks_are_refused(string? mechanism, string reason)
    {
        var settings = new Dictionary<string, string> { ["security.protocol"] = "SASL_SSL" };
        if (mechanism is not null)
            settings["sasl.mechanism"] = mechanism;

        var e = Assert.Throws<KafkaSettingException>(() => JavaClientSettings.Translate(settings, ClientRole.Consumer));

        Assert.Equal("sasl.mechanism", e.Key);
        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Librdkafkas_own_names_of_user_and_password_do_as_well()
    {
        var settings = Settings.Translate(
            ClientRole.Admin,
            ("security.protocol", "sasl_plaintext"), ("sasl.mechanisms", "PLAIN"),
            ("sasl.username", "u"), ("sasl.password", "p")).Settings;

        Assert.Equal(("PLAIN", "u", "p"), (settings["sasl.mechanisms"], settings["sasl.username"], settings["sasl.password"]));
    }

    [Theory]
    [InlineData("sasl.login.callback.handler.class", "com.example.Handler")]
    [InlineData("sasl.client.callback.handler.class", "software.amazon.msk.auth.iam.IAMClientCallbackHandler")]
    [InlineData("sasl.login.class", "com.example.Login")]
    public void Java_classes_that_would_log_in_are_refused(string key, string name)
    {
        var e = Settings.Refusal(
            ClientRole.Consumer,
            ("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "PLAIN"),
            ("sasl.jaas.config", Plain + " required username=u password=p;"), (key, name));

        Assert.Equal(key, e.Key);
    }

    [Fact]
    public void Tokens_are_fetched_where_the_library_can()
    {
        var settings = Translated(
            Settings.AllFeatures,
            ("security.protocol", "SASL_SSL"), ("sasl.mechanism", "OAUTHBEARER"),
            ("sasl.login.callback.handler.class",
                "org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerLoginCallbackHandler"),
            ("sasl.oauthbearer.token.endpoint.url", "https://idp/token"),
            ("sasl.jaas.config",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId=\"c\" clientSecret=\"s\" "
                + "scope=\"kafka\" extension_logicalCluster=\"lkc-1\" extension_identityPoolId=\"pool-1\";"));

        Assert.Equal("oidc", settings["sasl.oauthbearer.method"]);
        Assert.Equal("https://idp/token", settings["sasl.oauthbearer.token.endpoint.url"]);
        Assert.Equal(("c", "s"), (settings["sasl.oauthbearer.client.id"], settings["sasl.oauthbearer.client.secret"]));
        Assert.Equal("kafka", settings["sasl.oauthbearer.scope"]);
        Assert.Equal("identityPoolId=pool-1,logicalCluster=lkc-1", settings["sasl.oauthbearer.extensions"]);

        var named = Translated(
            Settings.AllFeatures,
            ("security.protocol", "SASL_SSL"), ("sasl.mechanism", "OAUTHBEARER"),
            ("sasl.oauthbearer.client.credentials.client.id", "c"), ("sasl.oauthbearer.client.credentials.client.secret", "s"));
        Assert.Equal(("c", "s"), (named["sasl.oauthbearer.client.id"], named["sasl.oauthbearer.client.secret"]));
    }

    [Fact]
    public void Tokens_are_refused_where_the_library_cannot_fetch_them()
    {
        var e = Assert.Throws<KafkaSettingException>(() => Translated(
            new HashSet<string> { "ssl" }, ("security.protocol", "SASL_SSL"), ("sasl.mechanism", "OAUTHBEARER")));

        Assert.Contains("oidc", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trust_store_of_certificates_as_text_is_used()
    {
        var pem = File("truststore.pem", Block);

        foreach (var type in (string?[])["PEM", "pem", null])
        {
            var settings = Ssl(
                ("ssl.truststore.location", pem), ("ssl.truststore.type", type ?? ""), ("ssl.truststore.password", "x"));
            Assert.Equal(pem, settings.Settings["ssl.ca.location"]);
            Assert.Equal("ssl.truststore.password", Assert.Single(settings.Ignored).Key);
        }
    }

    [Theory]
    [InlineData("JKS", null, "keytool -list -rfc")]
    [InlineData(null, new byte[] { 0xfe, 0xed, 0xfe, 0xed, 0 }, "JKS")]
    [InlineData("PKCS12", null, "openssl pkcs12")]
    [InlineData(null, new byte[] { 0x30, 0x82, 1, 2, 3 }, "PKCS12")]
    [InlineData("BKS", null, "allowed: PEM")]
    public void Other_trust_stores_are_refused_with_the_way_to_convert_them(string? type, byte[]? content, string reason)
    {
        var path = Path.Combine(_folder, "truststore");
        System.IO.File.WriteAllBytes(path, content ?? [0, 0, 0, 0]);

        var e = Assert.Throws<KafkaSettingException>(
            () => Ssl(("ssl.truststore.location", path), ("ssl.truststore.type", type ?? "")));

        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_that_is_not_there_is_refused()
    {
        var path = Path.Combine(_folder, "missing.pem");

        Assert.Contains("no such file", Assert.Throws<KafkaSettingException>(
            () => Ssl(("ssl.truststore.location", path))).Reason, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<KafkaSettingException>(
            () => Ssl(("ssl.keystore.location", path), ("ssl.keystore.type", "PEM"))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificates_given_as_text_are_put_into_lines_again()
    {
        var settings = Ssl(
            ("ssl.truststore.type", "PEM"),
            ("ssl.truststore.certificates",
                "-----BEGIN CERTIFICATE----- MIIB AAAA -----END CERTIFICATE----- "
                + "-----BEGIN CERTIFICATE----- MIIC -----END CERTIFICATE-----"),
            ("ssl.keystore.type", "PEM"),
            ("ssl.keystore.key",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + new string('A', 70) + "\n-----END ENCRYPTED PRIVATE KEY-----"),
            ("ssl.keystore.certificate.chain", Block),
            ("ssl.key.password", "geheim")).Settings;

        Assert.Equal(
            "-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n"
            + "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n",
            settings["ssl.ca.pem"]);
        Assert.Equal(
            $"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{new string('A', 64)}\nAAAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
            settings["ssl.key.pem"]);
        Assert.Equal(Block, settings["ssl.certificate.pem"]);
        Assert.Equal("geheim", settings["ssl.key.password"]);
    }

    [Fact]
    public void A_key_store_is_used_as_pem_or_pkcs12_and_refused_as_jks()
    {
        var pem = File("keystore.pem", Block);
        var other = File("keystore.p12", "0123");

        var asPem = Ssl(("ssl.keystore.location", pem), ("ssl.keystore.type", "PEM"), ("ssl.key.password", "k")).Settings;
        Assert.Equal((pem, pem, "k"), (asPem["ssl.certificate.location"], asPem["ssl.key.location"], asPem["ssl.key.password"]));

        var asPkcs12 = Ssl(
            ("ssl.keystore.location", other), ("ssl.keystore.type", "PKCS12"), ("ssl.keystore.password", " p ")).Settings;
        Assert.Equal((other, " p "), (asPkcs12["ssl.keystore.location"], asPkcs12["ssl.keystore.password"]));

        var jks = Assert.Throws<KafkaSettingException>(() => Ssl(("ssl.keystore.location", other), ("ssl.keystore.type", "JKS")));
        Assert.Contains("-deststoretype PKCS12", jks.Reason, StringComparison.Ordinal);
        var open = Assert.Throws<KafkaSettingException>(
            () => Ssl(("ssl.keystore.location", other), ("ssl.keystore.type", "PKCS12")));
        Assert.Equal("ssl.keystore.password", open.Key);
        var half = Assert.Throws<KafkaSettingException>(() => Ssl(("ssl.keystore.key", Block)));
        Assert.Equal("ssl.keystore.certificate.chain", half.Key);
    }

    [Theory]
    [InlineData("", "none")]
    [InlineData("https", "https")]
    [InlineData("HTTPS", "https")]
    public void Host_names_are_checked_unless_the_algorithm_is_empty(string given, string expected)
        => Assert.Equal(
            expected, Ssl(("ssl.endpoint.identification.algorithm", given)).Settings["ssl.endpoint.identification.algorithm"]);

    [Fact]
    public void Cipher_suites_get_the_names_of_openssl()
    {
        Assert.Equal(
            "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:DHE-RSA-AES256-SHA",
            Ssl(("ssl.cipher.suites",
                "TLS_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,"
                + "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,DHE-RSA-AES256-SHA"))
                .Settings["ssl.cipher.suites"]);
        Assert.Contains("TLS 1.3", Assert.Throws<KafkaSettingException>(
            () => Ssl(("ssl.cipher.suites", "TLS_AES_256_GCM_SHA384"))).Reason, StringComparison.Ordinal);
        Assert.Contains("TLS_KRB5", Assert.Throws<KafkaSettingException>(
            () => Ssl(("ssl.cipher.suites", "TLS_KRB5_WITH_DES"))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Tls_versions_are_left_to_openssl_and_never_silently_restricted()
    {
        var settings = Ssl(("ssl.enabled.protocols", "TLSv1.2,TLSv1.3"), ("ssl.protocol", "TLSv1.3"), ("ssl.provider", "X"));

        Assert.Equal(["ssl.enabled.protocols", "ssl.protocol", "ssl.provider"], settings.Ignored.Select(i => i.Key));
        Assert.Throws<KafkaSettingException>(() => Ssl(("ssl.enabled.protocols", "TLSv1.3")));
        Assert.Throws<KafkaSettingException>(() => Ssl(("ssl.engine.factory.class", "com.example.Factory")));
    }

    [Theory]
    [InlineData("sasl.jaas.config")]
    [InlineData("consumer.override.sasl.jaas.config")]
    [InlineData("ssl.key.password")]
    [InlineData("target.ssl.keystore.key")]
    [InlineData("sasl.oauthbearer.client.credentials.client.secret")]
    [InlineData("sasl.oauthbearer.assertion.private.key.passphrase")]
    public void Secrets_are_never_shown(string key)
    {
        var e = new KafkaSettingException(key, "geheim", "why");

        Assert.Equal($"Invalid value [hidden] for configuration {key}: why", e.Message);
        Assert.Equal("[hidden]", e.ShownValue);
    }

    [Fact]
    public void A_translation_written_as_text_shows_no_values()
    {
        var translated = Settings.Translate(
            ClientRole.Consumer, ("security.protocol", "SASL_SSL"), ("sasl.mechanism", "PLAIN"),
            ("sasl.jaas.config", Plain + " required username=\"u\" password=\"geheim\";"));

        Assert.DoesNotContain("geheim", translated.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", translated.Fingerprint, StringComparison.Ordinal);
        Assert.Contains("sasl.password", translated.ToString(), StringComparison.Ordinal);
    }

    private static TranslatedSettings Ssl(params (string, string)[] settings)
        => Settings.Translate(ClientRole.Consumer, [("security.protocol", "SSL"), .. settings]);

    private static Dictionary<string, string> Translated(
        IReadOnlySet<string> features, params (string Key, string Value)[] settings)
        => JavaClientSettings
            .Translate(settings.ToDictionary(s => s.Key, s => s.Value), ClientRole.Consumer, features, _ => false)
            .Settings.ToDictionary(s => s.Name, s => s.Value);

    private string File(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }
}
