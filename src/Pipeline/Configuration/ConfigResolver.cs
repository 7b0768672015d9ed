using System.Text;
using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Pipeline;

/// <summary>
/// Replaces placeholders <c>${provider:[path:]key}</c> with what the worker's config providers give for them. What no
/// provider knows is left as it is. Thread-safe.
/// </summary>
public sealed class ConfigResolver
{
    private readonly Dictionary<string, IConfigProvider> _providers = new(StringComparer.Ordinal);

    /// <summary>Makes the providers.</summary>
    /// <param name="config">The worker's <c>config.providers</c> and <c>config.providers.*</c> keys.</param>
    /// <param name="logger">Where to warn of parameters that are unknown.</param>
    /// <exception cref="ConfigException">A provider's class is unknown or its parameters are wrong.</exception>
    public ConfigResolver(IReadOnlyDictionary<string, string> config, ILogger<ConfigResolver>? logger = null)
    {
        Reload = new(OpenForReload, logger ?? NullLogger<ConfigResolver>.Instance);
        var names = config.GetValueOrDefault("config.providers", "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names.Distinct())
        {
            var classKey = $"config.providers.{name}.class";
            if (!config.TryGetValue(classKey, out var className))
                throw new ConfigException($"Missing required configuration \"{classKey}\" which has no default value.");
            var parameters = config.WithPrefix($"config.providers.{name}.param.");
            _providers.Add(name,
                ConfigProviderFactory.Create(name, className, parameters, logger ?? NullLogger<ConfigResolver>.Instance));
        }
    }

    /// <summary>The values that running tasks have from the providers.</summary>
    public ConfigReload Reload { get; }

    /// <summary>Resolves all values. Reads files anew each time.</summary>
    /// <exception cref="ConfigException">A provider could not read a file.</exception>
    public ResolvedConfig Resolve(IReadOnlyDictionary<string, string> config)
    {
        var session = new Session(_providers);
        var values = config.ToDictionary(entry => entry.Key, entry => session.Resolve(entry.Key, entry.Value), StringComparer.Ordinal);
        return new(values, session.Redactor, session.Given, session.Unresolved);
    }

    /// <summary>The same for a configuration that may hold nulls, which stay.</summary>
    internal (Dictionary<string, string?> Values, Redactor Redactor, IReadOnlyList<UnresolvedPlaceholder> Unresolved) ResolveNullable(
        IReadOnlyDictionary<string, string?> config)
    {
        var session = new Session(_providers);
        var values = config.ToDictionary(
            entry => entry.Key, entry => entry.Value is null ? null : session.Resolve(entry.Key, entry.Value), StringComparer.Ordinal);
        return (values, session.Redactor, session.Unresolved);
    }

    private Func<Placeholder, string?> OpenForReload()
    {
        var session = new Session(_providers);
        return placeholder => session.LookUp(placeholder).Value;
    }

    /// <summary>One pass over a configuration, in which every path is opened once.</summary>
    private sealed class Session(Dictionary<string, IConfigProvider> providers)
    {
        private readonly Dictionary<(string Provider, string Path), Func<string, ProvidedValue>> _opened = [];

        public Redactor Redactor { get; } = new();

        public Dictionary<Placeholder, string> Given { get; } = [];

        public List<UnresolvedPlaceholder> Unresolved { get; } = [];

        public string Resolve(string configKey, string value)
        {
            var start = value.IndexOf("${", StringComparison.Ordinal);
            if (start < 0)
                return value;
            var result = new StringBuilder();
            var copied = 0;
            while (start >= 0)
            {
                var end = value.IndexOf('}', start + 2);
                if (end < 0)
                    break;
                var parts = value[(start + 2)..end].Split(':', 3);
                if (parts.Length == 1)
                {
                    // Not a placeholder, but one may begin within it.
                    start = value.IndexOf("${", start + 2, StringComparison.Ordinal);
                    continue;
                }
                var placeholder = new Placeholder(parts[0], parts.Length == 3 ? parts[1] : "", parts[^1]);
                var provided = LookUp(placeholder);
                if (provided.Value is { } replacement)
                {
                    Given[placeholder] = replacement;
                    result.Append(value, copied, start - copied).Append(replacement);
                    copied = end + 1;
                    Redactor.Add(replacement, value[start..copied]);
                }
                else
                {
                    Unresolved.Add(new(configKey, value[start..(end + 1)], provided.Absence!));
                }
                start = value.IndexOf("${", end + 1, StringComparison.Ordinal);
            }
            return result.Append(value, copied, value.Length - copied).ToString();
        }

        public ProvidedValue LookUp(Placeholder placeholder)
        {
            var (provider, path, key) = placeholder;
            if (!providers.TryGetValue(provider, out var source))
            {
                return ProvidedValue.None(providers.Count == 0
                    ? "the worker's config.providers names none"
                    : $"the worker's config.providers has {string.Join(", ", providers.Keys.Order(StringComparer.Ordinal))}, and no '{provider}'");
            }
            if (!_opened.TryGetValue((provider, path), out var lookUp))
                _opened.Add((provider, path), lookUp = source.Open(path));
            return lookUp(key);
        }
    }
}
