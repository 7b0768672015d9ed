using System.Text.Json;
using Exports.Rest.Client;

namespace Exports.Import;

/// <summary>The requests that Kafka Connect and Exports have in common. Thread-safe.</summary>
internal sealed class ConnectClient(RestClient rest) : IDisposable
{
    public Uri Address => rest.Address;

    /// <summary>The version of the worker, and the Kafka cluster that it belongs to where it says so.</summary>
    /// <exception cref="UnreachableException">It cannot be reached, or is something else.</exception>
    public async Task<(string Version, string? KafkaClusterId)> GetServerAsync(CancellationToken cancellationToken)
    {
        var server = await rest.GetAsync("", cancellationToken);
        return server.ValueKind == JsonValueKind.Object && server.TryGetProperty("version", out var version)
            ? (version.ToString(), server.TryGetProperty("kafka_cluster_id", out var id) ? id.GetString() : null)
            : throw new UnreachableException($"What answers at {Address} is no worker of Kafka Connect: it does not tell a version.");
    }

    /// <summary>All connectors, by name.</summary>
    public async Task<IReadOnlyList<SourceConnector>> ListAsync(CancellationToken cancellationToken)
    {
        var listing = await rest.GetAsync("connectors?expand=info&expand=status", cancellationToken);
        var connectors = new List<SourceConnector>();
        if (listing.ValueKind == JsonValueKind.Object)
        {
            foreach (var entry in listing.EnumerateObject())
            {
                var status = entry.Value.TryGetProperty("status", out var found) ? found : default;
                connectors.Add(Read(entry.Name, entry.Value.GetProperty("info"), status));
            }
        }
        else
        {
            // Before Kafka 2.3 there is no expand, and the names alone are told.
            foreach (var name in listing.EnumerateArray().Select(name => name.GetString()!))
            {
                if (await rest.FindAsync($"connectors/{Uri.EscapeDataString(name)}", cancellationToken) is { } info)
                    connectors.Add(Read(name, info, await rest.FindAsync($"connectors/{Uri.EscapeDataString(name)}/status", cancellationToken) ?? default));
            }
        }

        return [.. connectors.OrderBy(connector => connector.Name, StringComparer.Ordinal)];
    }

    /// <summary>A connector's configuration, or null when there is none of that name.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> FindConfigAsync(string connector, CancellationToken cancellationToken)
        => await rest.FindAsync($"connectors/{Uri.EscapeDataString(connector)}/config", cancellationToken) is { } config ? ReadConfig(config) : null;

    /// <summary>Has a configuration checked.</summary>
    /// <exception cref="RefusedException">It cannot even be checked, because its class is unknown or missing.</exception>
    public async Task<JsonElement> ValidateAsync(IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
        => await rest.SendAsync(
            HttpMethod.Put,
            $"connector-plugins/{Uri.EscapeDataString(config.GetValueOrDefault("connector.class", "none"))}/config/validate",
            config,
            cancellationToken) ?? throw new UnreachableException($"{Address} answers nothing when it is asked to validate a configuration.");

    /// <summary>Creates a connector in the state STOPPED.</summary>
    /// <exception cref="RefusedException">It is refused; 409 when there is one of that name.</exception>
    public Task CreateStoppedAsync(string name, IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
        => rest.SendAsync(
            HttpMethod.Post,
            "connectors",
            new Dictionary<string, object> { ["name"] = name, ["config"] = config, ["initial_state"] = "STOPPED" },
            cancellationToken);

    public void Dispose() => rest.Dispose();

    private static SourceConnector Read(string name, JsonElement info, JsonElement status)
        => new(
            name,
            ReadConfig(info.GetProperty("config")),
            info.TryGetProperty("type", out var type) ? type.GetString() ?? "unknown" : "unknown",
            status.ValueKind == JsonValueKind.Object && status.TryGetProperty("connector", out var connector)
                && connector.TryGetProperty("state", out var state) ? state.GetString() ?? "unknown" : "unknown");

    private static Dictionary<string, string> ReadConfig(JsonElement config)
        => config.EnumerateObject().Where(entry => entry.Value.ValueKind != JsonValueKind.Null)
            .ToDictionary(entry => entry.Name, entry => entry.Value.ToString(), StringComparer.Ordinal);
}
