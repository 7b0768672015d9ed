using Exports.Kafka.Client;
using Exports.Pipeline;

namespace Exports.Silo.Configuration;

/// <summary>
/// Has the worker's client settings translated once for each kind of client, to find at start what would otherwise be found
/// when the first connector needs a client.
/// </summary>
internal sealed class ClientSettings
{
    private readonly List<string> _errors = [];
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _ignored = new(StringComparer.Ordinal);

    private ClientSettings()
    {
    }

    /// <summary>What is wrong: key, value (never a secret) and what is allowed.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>The keys, with their prefixes, that no client knows.</summary>
    public IReadOnlyCollection<string> Unknown => _unknown;

    /// <summary>The keys, with their prefixes, that have no effect on the clients that they are for.</summary>
    public IReadOnlyCollection<string> Ignored => _ignored;

    /// <summary>Checks the settings of all clients, and those of consumers, producers and administrative clients.</summary>
    public static ClientSettings Check(PipelineOptions options)
    {
        var result = new ClientSettings();
        var ignoredBy = new Dictionary<string, int>(StringComparer.Ordinal);
        result.Check(ClientRole.Consumer, options.Client, WorkerKeys.Consumer, options.Consumer, ignoredBy);
        result.Check(ClientRole.Producer, options.Client, WorkerKeys.Producer, options.Producer, ignoredBy);
        result.Check(ClientRole.Admin, options.Client, WorkerKeys.Admin, options.Admin, ignoredBy);
        // A setting for all clients has no effect only when it has none on any of them.
        result._ignored.UnionWith(ignoredBy.Where(pair => pair.Value == 3).Select(pair => pair.Key));
        return result;
    }

    private void Check(
        ClientRole role, IReadOnlyDictionary<string, string> all, string prefix, IReadOnlyDictionary<string, string> own,
        Dictionary<string, int> ignoredBy)
    {
        var settings = all.ToDictionary(StringComparer.Ordinal);
        foreach (var (key, value) in own)
            settings[key] = value;

        for (var first = true; ; first = false)
        {
            try
            {
                var translated = JavaClientSettings.Translate(settings, role);
                _unknown.UnionWith(translated.Unknown.Select(NameOf));
                foreach (var key in translated.Ignored.Select(ignored => ignored.Key))
                {
                    if (own.ContainsKey(key))
                        _ignored.Add(prefix + key);
                    else
                        ignoredBy[key] = ignoredBy.GetValueOrDefault(key) + 1;
                }

                return;
            }
            catch (KafkaSettingException e)
            {
                // Without the wrong setting, further ones may be found; but that it is missing now is no news.
                var given = settings.Remove(e.Key);
                var error = $"Invalid value {e.ShownValue} for configuration {NameOf(e.Key)}: {e.Reason}";
                if ((given || first) && !_errors.Contains(error))
                    _errors.Add(error);
                if (!given && !RemoveSecurity(settings))
                    return;
            }
        }

        // What is missing in these settings is missed by others of them.
        static bool RemoveSecurity(Dictionary<string, string> settings)
            => settings.Keys.Where(key => key.StartsWith("sasl.", StringComparison.Ordinal)
                    || key.StartsWith("ssl.", StringComparison.Ordinal) || key == "security.protocol")
                .ToList().Count(settings.Remove) > 0;

        string NameOf(string key) => own.ContainsKey(key) ? prefix + key : key;
    }
}
