namespace Exports.Kafka.Client;

/// <summary>Translates <c>security.protocol</c> and the keys under <c>sasl.</c>.</summary>
internal static class SaslSettings
{
    private const string MechanismKey = "sasl.mechanism";
    private const string JaasKey = "sasl.jaas.config";
    private const string Mechanisms = "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER";
    private const string JavaOAuthPackage = "org.apache.kafka.common.security.oauthbearer.";

    /// <summary>Keys under <c>sasl.oauthbearer.</c> that a client passes on as they are.</summary>
    private static readonly string[] s_oauthKeys =
    [
        "sasl.oauthbearer.scope",
        "sasl.oauthbearer.extensions",
        "sasl.oauthbearer.token.endpoint.url",
        "sasl.oauthbearer.sub.claim.name",
        "sasl.oauthbearer.assertion.algorithm",
        "sasl.oauthbearer.assertion.claim.aud",
        "sasl.oauthbearer.assertion.claim.exp.seconds",
        "sasl.oauthbearer.assertion.claim.iss",
        "sasl.oauthbearer.assertion.claim.jti.include",
        "sasl.oauthbearer.assertion.claim.nbf.seconds",
        "sasl.oauthbearer.assertion.claim.sub",
        "sasl.oauthbearer.assertion.file",
        "sasl.oauthbearer.assertion.private.key.file",
    ];

    /// <summary>Keys that concern brokers, or details of the Java client, whatever the mechanism.</summary>
    private static readonly (string Prefix, string Reason)[] s_withoutEffect =
    [
        ("sasl.kerberos.", "it concerns Kerberos, which is not in use"),
        ("sasl.login.refresh.", "a token is renewed when 80 % of its life are over"),
        ("sasl.login.connect.timeout.ms", "the token endpoint has time limits of its own"),
        ("sasl.login.read.timeout.ms", "the token endpoint has time limits of its own"),
        ("sasl.login.retry.backoff", "the token endpoint has time limits of its own"),
        ("sasl.oauthbearer.jwks.", "it concerns brokers"),
        ("sasl.oauthbearer.clock.skew.seconds", "it concerns brokers"),
        ("sasl.oauthbearer.expected.", "it concerns brokers"),
        ("sasl.oauthbearer.scope.claim.name", "it concerns brokers"),
        ("sasl.oauthbearer.iat.validation.", "it concerns brokers"),
        ("sasl.oauthbearer.jwt.", "it is a Java class"),
        ("sasl.oauthbearer.header.urlencode", "client id and secret are sent as they are"),
    ];

    /// <summary>Translates the keys.</summary>
    /// <param name="t">The translation.</param>
    /// <param name="features">What librdkafka was built with (<c>builtin.features</c>).</param>
    /// <returns>Whether connections are encrypted.</returns>
    public static bool Translate(Translation t, IReadOnlySet<string> features)
    {
        const string key = "security.protocol";
        var given = t.Take(key);
        var protocol = (given ?? "PLAINTEXT").ToUpperInvariant();
        if (protocol is not ("PLAINTEXT" or "SSL" or "SASL_PLAINTEXT" or "SASL_SSL"))
            throw new KafkaSettingException(key, given, "allowed: PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL");
        if (given is not null)
            t.Put(key, protocol.ToLowerInvariant(), key);
        if (protocol.StartsWith("SASL", StringComparison.Ordinal))
            Login(t, features);
        foreach (var left in t.Remaining)
        {
            if (!left.StartsWith("sasl.", StringComparison.Ordinal))
                continue;
            if (!protocol.StartsWith("SASL", StringComparison.Ordinal))
            {
                t.TakeRaw(left);
                t.Ignore(left, $"{key} is {protocol}");
            }
            else if (Array.Find(s_withoutEffect, k => left.StartsWith(k.Prefix, StringComparison.Ordinal)).Reason is { } reason)
            {
                t.TakeRaw(left);
                t.Ignore(left, reason);
            }
        }

        return protocol.EndsWith("SSL", StringComparison.Ordinal);
    }

    private static void Login(Translation t, IReadOnlySet<string> features)
    {
        var own = t.Take("sasl.mechanisms");
        var key = own is null ? MechanismKey : "sasl.mechanisms";
        var given = t.Take(MechanismKey) ?? own;
        var mechanism = given?.ToUpperInvariant();
        switch (mechanism)
        {
            case "PLAIN" or "SCRAM-SHA-256" or "SCRAM-SHA-512":
                t.Put("sasl.mechanisms", mechanism, key);
                Password(t, mechanism);
                break;
            case "OAUTHBEARER":
                t.Put("sasl.mechanisms", mechanism, key);
                OAuth(t, features);
                break;
            case null:
                throw new KafkaSettingException(
                    MechanismKey, null,
                    $"it must be given, because the default GSSAPI (Kerberos) is not supported; allowed: {Mechanisms}");
            case "GSSAPI":
                throw new KafkaSettingException(
                    key, given, $"Kerberos is not supported: the Kafka client is built without it; allowed: {Mechanisms}");
            default:
                throw new KafkaSettingException(key, given, $"allowed: {Mechanisms}");
        }

        foreach (var handler in (ReadOnlySpan<string>)
            ["sasl.client.callback.handler.class", "sasl.login.callback.handler.class", "sasl.login.class"])
        {
            var name = t.Take(handler);
            if (name is null)
                continue;
            // The callback handlers that come with the Java client do what librdkafka does by itself.
            if (mechanism != "OAUTHBEARER" || !name.StartsWith(JavaOAuthPackage, StringComparison.Ordinal))
                throw new KafkaSettingException(handler, name, "a Java class cannot run here; remove it");
            t.Ignore(handler, "librdkafka does it by itself");
        }
    }

    private static void Password(Translation t, string mechanism)
    {
        var module = mechanism == "PLAIN" ? "PlainLoginModule" : "ScramLoginModule";
        if (Jaas(t, mechanism, module) is { } jaas)
        {
            if (jaas.Options.TryGetValue("tokenauth", out var tokens)
                && string.Equals(tokens, "true", StringComparison.OrdinalIgnoreCase))
            {
                throw new KafkaSettingException(JaasKey, "", "delegation tokens (tokenauth) are not supported");
            }

            t.Put("sasl.username", Option(jaas, "username"), JaasKey);
            t.Put("sasl.password", Option(jaas, "password"), JaasKey);
        }

        // librdkafka's own names do as well.
        if (t.TakeSecret("sasl.username") is { } user)
            t.Put("sasl.username", user, "sasl.username");
        if (t.TakeSecret("sasl.password") is { } password)
            t.Put("sasl.password", password, "sasl.password");
        if (!t.IsSet("sasl.username") || !t.IsSet("sasl.password"))
        {
            throw new KafkaSettingException(
                JaasKey, null,
                $"{mechanism} needs it: org.apache.kafka.common.security.{(mechanism == "PLAIN" ? "plain" : "scram")}.{module} "
                + "required username=\"…\" password=\"…\";");
        }
    }

    private static void OAuth(Translation t, IReadOnlySet<string> features)
    {
        if (!features.Contains("oidc"))
        {
            throw new KafkaSettingException(
                MechanismKey, "OAUTHBEARER",
                "this build of librdkafka cannot fetch tokens (it lacks the feature oidc, which needs libcurl); "
                + "allowed: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512");
        }

        t.Put("sasl.oauthbearer.method", "oidc", MechanismKey);
        if (Jaas(t, "OAUTHBEARER", "OAuthBearerLoginModule") is { } jaas)
        {
            PutOption(jaas, "clientId", "sasl.oauthbearer.client.id");
            PutOption(jaas, "clientSecret", "sasl.oauthbearer.client.secret");
            PutOption(jaas, "scope", "sasl.oauthbearer.scope");
            var extensions = jaas.Options
                .Where(o => o.Key.StartsWith("extension_", StringComparison.Ordinal))
                .Select(o => $"{o.Key["extension_".Length..]}={o.Value}")
                .Order(StringComparer.Ordinal)
                .ToArray();
            if (extensions.Length > 0)
                t.Put("sasl.oauthbearer.extensions", string.Join(',', extensions), JaasKey);
        }

        foreach (var (key, name) in (ReadOnlySpan<(string, string)>)
        [
            ("sasl.oauthbearer.client.credentials.client.id", "sasl.oauthbearer.client.id"),
            ("sasl.oauthbearer.client.credentials.client.secret", "sasl.oauthbearer.client.secret"),
            ("sasl.oauthbearer.client.id", "sasl.oauthbearer.client.id"),
            ("sasl.oauthbearer.client.secret", "sasl.oauthbearer.client.secret"),
            ("sasl.oauthbearer.assertion.private.key.passphrase", "sasl.oauthbearer.assertion.private.key.passphrase"),
        ])
        {
            if (t.TakeSecret(key) is { } value)
                t.Put(name, value, key);
        }

        foreach (var key in s_oauthKeys)
        {
            if (t.Take(key) is { } value)
                t.Put(key, value, key);
        }

        if (t.Take("sasl.oauthbearer.assertion.template.file") is { } template)
            t.Put("sasl.oauthbearer.assertion.jwt.template.file", template, "sasl.oauthbearer.assertion.template.file");

        // A signed assertion takes the place of the secret.
        if (t.IsSet("sasl.oauthbearer.assertion.file") || t.IsSet("sasl.oauthbearer.assertion.private.key.file"))
            t.PutDefault("sasl.oauthbearer.grant.type", "urn:ietf:params:oauth:grant-type:jwt-bearer");

        void PutOption(JaasConfig config, string option, string name)
        {
            if (config.Options.TryGetValue(option, out var value))
                t.Put(name, value, JaasKey);
        }
    }

    private static JaasConfig? Jaas(Translation t, string mechanism, string module)
    {
        if (t.TakeSecret(JaasKey) is not { } text)
            return null;
        JaasConfig jaas;
        try
        {
            jaas = JaasConfig.Parse(text);
        }
        catch (FormatException e)
        {
            throw new KafkaSettingException(JaasKey, text, e.Message);
        }

        return jaas.Module == module
            ? jaas
            : throw new KafkaSettingException(
                JaasKey, text, $"the mechanism {mechanism} needs the login module {module}, not {jaas.Module}");
    }

    private static string Option(JaasConfig jaas, string name)
        => jaas.Options.GetValueOrDefault(name) is { Length: > 0 } value
            ? value
            : throw new KafkaSettingException(JaasKey, "", $"the option {name} is missing or empty");
}
