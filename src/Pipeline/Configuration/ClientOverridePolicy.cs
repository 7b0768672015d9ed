using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>
/// Which settings of its Kafka clients a connector may choose (<c>connector.client.config.override.policy</c>). Immutable.
/// </summary>
public sealed class ClientOverridePolicy
{
    private const string Package = "org.apache.kafka.connect.connector.policy.";
    private const string Suffix = "ConnectorClientConfigOverridePolicy";

    private readonly string _name;
    private readonly IReadOnlySet<string>? _allowed;

    private ClientOverridePolicy(string name, IReadOnlySet<string>? allowed)
    {
        _name = name;
        _allowed = allowed;
    }

    /// <summary>All of them.</summary>
    public static ClientOverridePolicy All { get; } = new("All", allowed: null);

    /// <summary>None.</summary>
    public static ClientOverridePolicy None { get; } = new("None", new HashSet<string>());

    /// <summary>Those that say who the connector is: <c>security.protocol</c>, <c>sasl.mechanism</c> and <c>sasl.jaas.config</c>.</summary>
    public static ClientOverridePolicy Principal { get; }
        = new("Principal", new HashSet<string>(StringComparer.Ordinal) { "security.protocol", "sasl.mechanism", "sasl.jaas.config" });

    /// <summary>Those that are listed, without the prefix of their client.</summary>
    public static ClientOverridePolicy Allowlist(IEnumerable<string> settings)
        => new("Allowlist", settings.ToHashSet(StringComparer.Ordinal));

    /// <summary>Finds a policy by its short name, its class's simple name or its Java class name.</summary>
    /// <param name="name">The name: <c>Principal</c>, <c>PrincipalConnectorClientConfigOverridePolicy</c>, ….</param>
    /// <param name="allowlist">The settings that <c>Allowlist</c> allows.</param>
    /// <returns>The policy, or null when there is none of that name.</returns>
    public static ClientOverridePolicy? Find(string name, IEnumerable<string> allowlist)
    {
        name = name.Trim();
        if (name.StartsWith(Package, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            name = name[Package.Length..];
        if (name.EndsWith(Suffix, StringComparison.Ordinal))
            name = name[..^Suffix.Length];
        return name switch
        {
            "All" => All,
            "None" => None,
            "Principal" => Principal,
            "Allowlist" => Allowlist(allowlist),
            _ => null,
        };
    }

    /// <summary>Says why a setting may not be chosen; null when it may.</summary>
    /// <param name="setting">Its name, without the prefix of its client.</param>
    public string? Refuse(string setting) => _allowed is null || _allowed.Contains(setting)
        ? null
        : $"The '{_name}' policy does not allow '{setting}' to be overridden in the connector configuration.";

    /// <summary>Refuses a connector's settings, if need be: the policy may have changed since they were checked.</summary>
    /// <param name="config">The connector's configuration.</param>
    /// <param name="prefixes">The prefixes of the settings that are read.</param>
    /// <exception cref="ConfigException">A setting is not allowed.</exception>
    internal void Demand(IReadOnlyDictionary<string, string> config, IEnumerable<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            foreach (var setting in config.WithPrefix(prefix).Keys)
            {
                if (Refuse(setting) is { } refusal)
                    throw new ConfigException($"Client config overrides are not allowed: {prefix}{setting}: {refusal}");
            }
        }
    }
}
