namespace Exports.Kafka.Client;

/// <summary>
/// Translates client settings from the names and values that Java clients use to librdkafka's. librdkafka's own names are
/// accepted beside them. What would change the client's behaviour and cannot be done is refused, never dropped.
/// </summary>
public static class JavaClientSettings
{
    private static readonly Dictionary<string, SettingRule[]> s_rules = ConnectionRules.All
        .Concat(ConsumerRules.All)
        .Concat(ProducerRules.All)
        .GroupBy(rule => rule.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

    /// <summary>
    /// Keys that one may have meant who wrote one that means nothing: those of a rule of their own, and of TLS and SASL those that
    /// are set most.
    /// </summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        .. s_rules.Keys,
        "security.protocol", "sasl.mechanism", "sasl.jaas.config", "ssl.truststore.location", "ssl.truststore.type",
        "ssl.truststore.certificates", "ssl.truststore.password", "ssl.keystore.location", "ssl.keystore.type", "ssl.keystore.key",
        "ssl.keystore.certificate.chain", "ssl.keystore.password", "ssl.key.password", "ssl.endpoint.identification.algorithm",
    ];

    /// <summary>Translates settings, and has librdkafka check each one that results.</summary>
    /// <param name="java">The settings; values with placeholders resolved. Keys that are empty are as good as missing.</param>
    /// <param name="role">What the client does. Settings of other roles have no effect and are listed as ignored.</param>
    /// <exception cref="KafkaSettingException">A value is not allowed, or something is asked for that cannot be done.</exception>
    public static TranslatedSettings Translate(IReadOnlyDictionary<string, string> java, ClientRole role)
    {
        using var check = new SettingCheck();
        var translation = Translate(java, role, check.Features, check.Knows);
        foreach (var (name, value, from) in translation.Settings)
            check.Set(name, value, from);
        return translation.Result();
    }

    /// <summary>Translates settings, without librdkafka's check.</summary>
    /// <param name="java">The settings.</param>
    /// <param name="role">What the client does.</param>
    /// <param name="features">What librdkafka was built with.</param>
    /// <param name="isOwnName">Tells librdkafka's own names.</param>
    internal static Translation Translate(
        IReadOnlyDictionary<string, string> java, ClientRole role, IReadOnlySet<string> features, Func<string, bool> isOwnName)
    {
        var translation = new Translation(java, role);
        var encrypted = SaslSettings.Translate(translation, features);
        SslSettings.Translate(translation, encrypted);
        foreach (var key in translation.Remaining)
        {
            var value = translation.TakeRaw(key)!;
            if (s_rules.TryGetValue(key, out var rules))
                Apply(translation, key, value.Trim(), rules);
            else if (isOwnName(key))
                PassOn(translation, key, value);
            else
                translation.Unknown(key);
        }

        Finish(translation);
        return translation;
    }

    private static void Apply(Translation translation, string key, string value, SettingRule[] rules)
    {
        var role = (Roles)(1 << (int)translation.Role);
        if (Array.Find(rules, rule => (rule.Roles & role) != 0) is { } rule)
            rule.Apply(translation, value);
        else
            translation.Ignore(key, $"it is a setting of other clients than {translation.Role.ToString().ToLowerInvariant()}s");
    }

    private static void PassOn(Translation translation, string key, string value)
    {
        if (value.Length == 0)
            return;
        OwnNames.Check(key, value);
        translation.Put(OwnNames.Main(key), SecretKeys.IsSecret(key) ? value : value.Trim(), key);
    }

    private static void Finish(Translation t)
    {
        if (t.Role == ClientRole.Producer)
            ProducerRules.Finish(t);
        if (t.Role == ClientRole.Consumer)
            ConsumerRules.Finish(t);
    }
}
