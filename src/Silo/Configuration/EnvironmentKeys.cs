using System.Text;

namespace Exports.Silo.Configuration;

/// <summary>Worker keys in the environment, named as the well-known container images of Kafka Connect name them.</summary>
internal static class EnvironmentKeys
{
    public const string Prefix = "CONNECT_";

    /// <summary>
    /// The variables that Debezium's image takes without the prefix. A closed list: other programs' variables must not
    /// become configuration by accident.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> WithoutPrefix = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["BOOTSTRAP_SERVERS"] = "bootstrap.servers",
        ["GROUP_ID"] = "group.id",
        ["KEY_CONVERTER"] = "key.converter",
        ["VALUE_CONVERTER"] = "value.converter",
        ["OFFSET_FLUSH_INTERVAL_MS"] = "offset.flush.interval.ms",
        ["OFFSET_FLUSH_TIMEOUT_MS"] = "offset.flush.timeout.ms",
        ["SHUTDOWN_TIMEOUT"] = "task.shutdown.graceful.timeout.ms",
        ["REST_HOST_NAME"] = "rest.host.name",
        ["REST_PORT"] = "rest.port",
        ["ADVERTISED_HOST_NAME"] = "rest.advertised.host.name",
        ["ADVERTISED_PORT"] = "rest.advertised.port",
        ["CONFIG_STORAGE_TOPIC"] = "config.storage.topic",
        ["OFFSET_STORAGE_TOPIC"] = "offset.storage.topic",
        ["STATUS_STORAGE_TOPIC"] = "status.storage.topic",
    };

    /// <summary>The keys that the environment gives, each with its value and the variable that it came from.</summary>
    public static Dictionary<string, (string Value, string Variable)> Read(IReadOnlyDictionary<string, string> environment)
    {
        var keys = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        foreach (var (variable, key) in WithoutPrefix)
        {
            if (environment.TryGetValue(variable, out var value) && value.Length > 0)
                keys[key] = (value, variable);
        }

        // Ordered, so that of two variables that mean one key the same one wins each time.
        foreach (var (variable, value) in environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (variable.Length > Prefix.Length && variable.StartsWith(Prefix, StringComparison.Ordinal))
                keys[ToKey(variable.AsSpan(Prefix.Length))] = (value, variable);
        }

        return keys;
    }

    /// <summary>In lower case, <c>_</c> is a dot, <c>__</c> an underscore and <c>___</c> a dash.</summary>
    private static string ToKey(ReadOnlySpan<char> name)
    {
        var key = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '_')
            {
                key.Append(char.ToLowerInvariant(name[i]));
                continue;
            }

            var run = 1;
            while (i + run < name.Length && name[i + run] == '_')
                run++;
            i += run - 1;
            for (; run > 0; run -= 3)
                key.Append(run switch { 1 => '.', 2 => '_', _ => '-' });
        }

        return key.ToString();
    }
}
