using System.Text.Json;
using System.Text.Json.Nodes;
using Exports.Rest.Client;

namespace Exports.Ctl.Server;

/// <summary>
/// The requests of the commands. What only Exports tells is asked first; where that is a 404, a worker of Kafka Connect is asked
/// what it can tell, and the answer has the same shape with fewer fields. Thread-safe.
/// </summary>
internal sealed class ConnectApi(RestClient rest)
{
    private const int Page = 1000;
    private const int AtOnce = 8;

    private readonly SemaphoreSlim _once = new(1);
    private bool? _isExports;

    public Uri Address => rest.Address;

    /// <summary>Whether the worker is one of Exports, which tells more than Kafka Connect.</summary>
    public async Task<bool> IsExportsAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            return _isExports ??= await rest.FindAsync("exports/cluster", cancellationToken) is not null;
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>Refuses what a worker of Kafka Connect cannot do.</summary>
    /// <exception cref="CtlException">The worker is one.</exception>
    public async Task RequireExportsAsync(string what, CancellationToken cancellationToken)
    {
        if (!await IsExportsAsync(cancellationToken))
            throw CtlException.Refused($"{what} needs a worker of Exports; {Address} is one of Kafka Connect.");
    }

    /// <summary>The names of all connectors, in order.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
        => [.. (await rest.GetAsync("connectors", cancellationToken)).EnumerateArray().Select(name => name.GetString()!).Order(StringComparer.Ordinal)];

    /// <summary>All connectors as <c>GET /exports/connectors</c> tells of them, in order of their names.</summary>
    public async Task<IReadOnlyList<JsonObject>> RowsAsync(CancellationToken cancellationToken)
    {
        var rows = new List<JsonObject>();
        while (true)
        {
            if (await rest.FindAsync($"exports/connectors?sort=name&limit={Page}&offset={rows.Count}", cancellationToken) is not { } answer)
                return [.. (await StatusesAsync(cancellationToken)).Select(ConnectAnswers.Row)];
            var page = answer.GetProperty("connectors");
            rows.AddRange(page.EnumerateArray().Select(Object));
            if (page.GetArrayLength() < Page)
                return rows;
        }
    }

    /// <summary>What is known of a connector, as <c>GET /exports/connectors/{name}</c> tells it.</summary>
    /// <exception cref="RefusedException">There is none of that name (404).</exception>
    public async Task<JsonObject> DetailAsync(string name, CancellationToken cancellationToken)
    {
        if (await IsExportsAsync(cancellationToken))
            return Object(await rest.GetAsync($"exports/{Of(name)}", cancellationToken));
        var status = await StatusAsync(name, cancellationToken);
        // Kafka Connect before 3.6 tells no offsets, and topics may be switched off.
        var offsets = await OptionalAsync(rest.GetAsync($"{Of(name)}/offsets", cancellationToken));
        var topics = await OptionalAsync(rest.GetAsync($"{Of(name)}/topics", cancellationToken));
        return ConnectAnswers.Detail(status, offsets, topics);
    }

    /// <summary>The states of all connectors and their tasks, as <c>GET /connectors/{name}/status</c> tells them, in order of names.</summary>
    public async Task<IReadOnlyList<JsonObject>> StatusesAsync(CancellationToken cancellationToken)
    {
        var listing = await rest.GetAsync("connectors?expand=status", cancellationToken);
        // Before Kafka 2.3 there is no expand, and the names alone are told.
        return listing.ValueKind == JsonValueKind.Array
            ? await EachAsync([.. listing.EnumerateArray().Select(name => name.GetString()!).Order(StringComparer.Ordinal)], StatusAsync, cancellationToken)
            : [.. listing.EnumerateObject().OrderBy(entry => entry.Name, StringComparer.Ordinal).Select(entry => Object(entry.Value.GetProperty("status")))];
    }

    /// <summary>The states of a connector and its tasks.</summary>
    public async Task<JsonObject> StatusAsync(string name, CancellationToken cancellationToken)
        => Object(await rest.GetAsync($"{Of(name)}/status", cancellationToken));

    /// <summary>A connector's configuration, or null when there is none of that name.</summary>
    public async Task<JsonObject?> FindConfigAsync(string name, CancellationToken cancellationToken)
        => await rest.FindAsync($"{Of(name)}/config", cancellationToken) is { } config ? Object(config) : null;

    /// <summary>A connector's configuration.</summary>
    /// <exception cref="RefusedException">There is none of that name (404).</exception>
    public async Task<JsonObject> ConfigAsync(string name, CancellationToken cancellationToken)
        => Object(await rest.GetAsync($"{Of(name)}/config", cancellationToken));

    /// <summary>Has a configuration checked.</summary>
    /// <param name="config">The configuration, with <c>connector.class</c>.</param>
    /// <param name="isPreflight">Whether the destination is asked as well.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RefusedException">It cannot even be checked, because its class is unknown or missing.</exception>
    public async Task<JsonObject> ValidateAsync(JsonObject config, bool isPreflight, CancellationToken cancellationToken)
    {
        var plugin = config["connector.class"]?.ToString() is { Length: > 0 } name ? name : throw new RefusedException(400, "The configuration has no connector.class.");
        return Object(await SendAsync(
            HttpMethod.Put, $"connector-plugins/{Uri.EscapeDataString(plugin)}/config/validate{(isPreflight ? "?preflight=true" : "")}", config, cancellationToken));
    }

    public Task CreateAsync(JsonObject request, CancellationToken cancellationToken)
        => rest.SendAsync(HttpMethod.Post, "connectors", request, cancellationToken);

    public Task ConfigureAsync(string name, JsonObject config, CancellationToken cancellationToken)
        => rest.SendAsync(HttpMethod.Put, $"{Of(name)}/config", config, cancellationToken);

    /// <summary>Makes a request below a connector that answers nothing of interest.</summary>
    public Task ChangeAsync(HttpMethod method, string name, string below, object? body, CancellationToken cancellationToken)
        => rest.SendAsync(method, Of(name) + below, body, cancellationToken);

    /// <summary>The stored offsets, as <c>GET /connectors/{name}/offsets</c> tells them.</summary>
    public async Task<JsonArray> OffsetsAsync(string name, CancellationToken cancellationToken)
        => Array((await rest.GetAsync($"{Of(name)}/offsets", cancellationToken)).GetProperty("offsets"));

    /// <summary>The offsets at a point, in the form in which they are changed.</summary>
    public async Task<JsonArray> PositionsAsync(string name, string at, CancellationToken cancellationToken)
        => Array((await rest.GetAsync($"exports/{Of(name)}/positions?at={Uri.EscapeDataString(at)}", cancellationToken)).GetProperty("offsets"));

    /// <summary>Some records before and after the transforms.</summary>
    public Task<JsonElement> PreviewAsync(JsonObject request, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Post, "exports/preview", request, cancellationToken);

    /// <summary>The workers as <c>GET /exports/cluster</c> tells of them; of Kafka Connect what <c>GET /</c> and the connectors tell.</summary>
    public async Task<JsonObject> ClusterAsync(CancellationToken cancellationToken)
        => await rest.FindAsync("exports/cluster", cancellationToken) is { } cluster
            ? Object(cluster)
            : ConnectAnswers.Cluster(await rest.GetAsync("", cancellationToken), await StatusesAsync(cancellationToken));

    public async Task<JsonArray> PluginsAsync(bool isAll, CancellationToken cancellationToken)
        => Array(await rest.GetAsync($"connector-plugins?connectorsOnly={(isAll ? "false" : "true")}", cancellationToken));

    public async Task<JsonArray> PluginKeysAsync(string plugin, CancellationToken cancellationToken)
        => Array(await rest.GetAsync($"connector-plugins/{Uri.EscapeDataString(plugin)}/config", cancellationToken));

    public async Task<JsonObject> LoggersAsync(CancellationToken cancellationToken)
        => Object(await rest.GetAsync("admin/loggers", cancellationToken));

    public async Task<JsonObject> LoggerAsync(string logger, CancellationToken cancellationToken)
        => Object(await rest.GetAsync($"admin/loggers/{Uri.EscapeDataString(logger)}", cancellationToken));

    public async Task<JsonArray> SetLoggerAsync(string logger, string level, CancellationToken cancellationToken)
        => Array(await SendAsync(HttpMethod.Put, $"admin/loggers/{Uri.EscapeDataString(logger)}", new JsonObject { ["level"] = level }, cancellationToken));

    /// <summary>Does something for each of some things, a few at once; the results come in their order.</summary>
    public static async Task<IReadOnlyList<TResult>> EachAsync<T, TResult>(
        IReadOnlyList<T> items, Func<T, CancellationToken, Task<TResult>> run, CancellationToken cancellationToken)
    {
        var results = new TResult[items.Count];
        await Parallel.ForAsync(
            0, items.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, token) => results[i] = await run(items[i], token));
        return results;
    }

    private static string Of(string name) => $"connectors/{Uri.EscapeDataString(name)}";

    private static JsonObject Object(JsonElement json) => JsonObject.Create(json)!;

    private static JsonArray Array(JsonElement json) => JsonArray.Create(json)!;

    private static async Task<JsonElement?> OptionalAsync(Task<JsonElement> request)
    {
        try
        {
            return await request;
        }
        catch (Exception e) when (e is RefusedException or UnreachableException)
        {
            return null;
        }
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject body, CancellationToken cancellationToken)
        => await rest.SendAsync(method, path, body, cancellationToken)
            ?? throw new UnreachableException($"{Address} answers nothing to {method} /{path}.");
}
