namespace Exports.Kafka.Client;

/// <summary>Tells the settings whose values are never shown.</summary>
public static class SecretKeys
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Hidden = "[hidden]";

    private static readonly string[] s_names =
    [
        "sasl.jaas.config", "sasl.oauthbearer.config",
        "ssl.keystore.key", "ssl.keystore.certificate.chain", "ssl.truststore.certificates", "ssl.key.pem", "ssl_key",
        "sasl.oauthbearer.assertion.private.key.pem",
    ];

    /// <summary>Whether a client setting's value is a secret. A prefix such as <c>consumer.override.</c> does not matter.</summary>
    public static bool IsSecret(string key)
    {
        if (key.EndsWith("password", StringComparison.OrdinalIgnoreCase)
            || key.EndsWith("passphrase", StringComparison.OrdinalIgnoreCase)
            || key.EndsWith("secret", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        foreach (var name in s_names)
        {
            if (key.EndsWith(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
