using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>
/// Remembers the values that config providers gave to the tasks which run in this worker, and finds those that have changed since.
/// Files are read, not watched, so that the links by which Kubernetes mounts secrets are followed. Thread-safe.
/// </summary>
public sealed partial class ConfigReload
{
    private readonly Func<Func<Placeholder, string?>> _open;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly HashSet<Watch> _watches = [];
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);

    /// <summary>Makes one that watches nothing yet.</summary>
    /// <param name="open">Begins a pass of look-ups, in which every path is opened once.</param>
    /// <param name="logger">Where to warn of what cannot be read.</param>
    internal ConfigReload(Func<Func<Placeholder, string?>> open, ILogger logger)
    {
        _open = open;
        _logger = logger;
    }

    /// <summary>
    /// The connectors one of whose values is another than when their task started; each task is named once. A value that cannot be
    /// read, or is gone, has not changed: a restart would only stop what runs. Blocks while it reads; called by one thread at a time.
    /// </summary>
    public IReadOnlyCollection<string> FindChanged()
    {
        Watch[] watches;
        lock (_lock)
            watches = [.. _watches.Where(watch => !watch.IsReported)];
        var changed = new HashSet<string>(StringComparer.Ordinal);
        if (watches.Length == 0)
            return changed;
        var lookUp = _open();
        var values = new Dictionary<Placeholder, string?>();
        foreach (var watch in watches)
        {
            if (!watch.Given.Any(given => Read(given.Key) is { } now && now != given.Value))
                continue;
            watch.IsReported = true;
            changed.Add(watch.Connector);
        }

        return changed;

        string? Read(Placeholder placeholder)
        {
            if (!values.TryGetValue(placeholder, out var value))
                values.Add(placeholder, value = TryLookUp(lookUp, placeholder));
            return value;
        }
    }

    /// <summary>Watches the values that a task's configuration has from providers, until the result is disposed of.</summary>
    internal IDisposable? Add(string connector, ResolvedConfig config)
    {
        if (config.Given.Count == 0)
            return null;
        var watch = new Watch(this, connector, config.Given);
        lock (_lock)
            _watches.Add(watch);
        return watch;
    }

    private string? TryLookUp(Func<Placeholder, string?> lookUp, Placeholder placeholder)
    {
        var (provider, path, _) = placeholder;
        try
        {
            var value = lookUp(placeholder);
            _unreadable.Remove($"{provider}:{path}");
            return value;
        }
        catch (ConfigException e)
        {
            // Said once, until it can be read again.
            if (_unreadable.Add($"{provider}:{path}"))
                Log.Unreadable(_logger, provider, e.Message);
            return null;
        }
    }

    private sealed class Watch(ConfigReload owner, string connector, IReadOnlyDictionary<Placeholder, string> given) : IDisposable
    {
        public string Connector { get; } = connector;

        public IReadOnlyDictionary<Placeholder, string> Given { get; } = given;

        public bool IsReported { get; set; }

        public void Dispose()
        {
            lock (owner._lock)
                owner._watches.Remove(this);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The config provider {Provider} cannot be asked whether a value has changed; what runs keeps the value that it has: {Error}")]
        public static partial void Unreadable(ILogger logger, string provider, string error);
    }
}
