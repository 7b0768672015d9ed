using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Exports.Import;

/// <summary>The REST API that Kafka Connect and Exports have in common. Thread-safe.</summary>
internal sealed class ConnectClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _credentialsOption;

    /// <summary>Makes a client; asks nothing yet.</summary>
    /// <param name="address">The address of a worker, without <c>/connectors</c>.</param>
    /// <param name="credentials"><c>user:password</c>, or <c>Bearer</c> and a token; null for none.</param>
    /// <param name="credentialsOption">The option by which credentials are given, for messages.</param>
    /// <param name="timeout">How long a request may take.</param>
    public ConnectClient(Uri address, string? credentials, string credentialsOption, TimeSpan timeout)
    {
        Address = address;
        _credentialsOption = credentialsOption;
        _http = new HttpClient { BaseAddress = new Uri(address.ToString().TrimEnd('/') + "/"), Timeout = timeout };
        if (credentials?.Trim() is { Length: > 0 } given)
        {
            _http.DefaultRequestHeaders.Authorization = given.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
                ? new AuthenticationHeaderValue("Bearer", given[7..].Trim())
                : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(given)));
        }
    }

    public Uri Address { get; }

    /// <summary>The version of the worker, and the Kafka cluster that it belongs to where it says so.</summary>
    /// <exception cref="UnreachableException">It cannot be reached, or is something else.</exception>
    public async Task<(string Version, string? KafkaClusterId)> GetServerAsync(CancellationToken cancellationToken)
    {
        var server = await GetAsync("", cancellationToken);
        return server.ValueKind == JsonValueKind.Object && server.TryGetProperty("version", out var version)
            ? (version.ToString(), server.TryGetProperty("kafka_cluster_id", out var id) ? id.GetString() : null)
            : throw new UnreachableException($"What answers at {Address} is no worker of Kafka Connect: it does not tell a version.");
    }

    /// <summary>All connectors, by name.</summary>
    public async Task<IReadOnlyList<SourceConnector>> ListAsync(CancellationToken cancellationToken)
    {
        var listing = await GetAsync("connectors?expand=info&expand=status", cancellationToken);
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
                if (await FindAsync($"connectors/{Uri.EscapeDataString(name)}", cancellationToken) is { } info)
                    connectors.Add(Read(name, info, await FindAsync($"connectors/{Uri.EscapeDataString(name)}/status", cancellationToken) ?? default));
            }
        }

        return [.. connectors.OrderBy(connector => connector.Name, StringComparer.Ordinal)];
    }

    /// <summary>A connector's configuration, or null when there is none of that name.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> FindConfigAsync(string connector, CancellationToken cancellationToken)
        => await FindAsync($"connectors/{Uri.EscapeDataString(connector)}/config", cancellationToken) is { } config ? ReadConfig(config) : null;

    /// <summary>Has a configuration checked.</summary>
    /// <exception cref="RefusedException">It cannot even be checked, because its class is unknown or missing.</exception>
    public async Task<JsonElement> ValidateAsync(IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
        => await SendAsync(
            HttpMethod.Put,
            $"connector-plugins/{Uri.EscapeDataString(config.GetValueOrDefault("connector.class", "none"))}/config/validate",
            config,
            cancellationToken);

    /// <summary>Creates a connector in the state STOPPED.</summary>
    /// <exception cref="RefusedException">It is refused; 409 when there is one of that name.</exception>
    public Task CreateStoppedAsync(string name, IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
        => SendAsync(
            HttpMethod.Post,
            "connectors",
            new Dictionary<string, object> { ["name"] = name, ["config"] = config, ["initial_state"] = "STOPPED" },
            cancellationToken);

    public void Dispose() => _http.Dispose();

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

    private Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Get, path, body: null, cancellationToken);

    private async Task<JsonElement?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(path, cancellationToken);
        }
        catch (RefusedException e) when (e.Status == (int)HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Accept.Add(new("application/json"));
            if (body is not null)
                request.Content = JsonContent.Create(body, body.GetType());
            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                throw new UnreachableException(
                    $"{Address} answers {(int)response.StatusCode}: it wants other credentials; give a file that holds them by {_credentialsOption}.");
            }

            if (!response.IsSuccessStatusCode)
                throw new RefusedException((int)response.StatusCode, MessageOf(text) ?? $"{method} {path} is answered with {(int)response.StatusCode}.");
            using var json = JsonDocument.Parse(text);
            return json.RootElement.Clone();
        }
        catch (HttpRequestException e)
        {
            throw new UnreachableException($"{Address} cannot be reached: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new UnreachableException($"What answers at {Address} is no worker of Kafka Connect: the answer to {method} /{path} is not JSON.", e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnreachableException($"{Address} did not answer {method} /{path} within {_http.Timeout.TotalSeconds:0} s.", e);
        }
    }

    private static string? MessageOf(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out var message)
                ? message.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
