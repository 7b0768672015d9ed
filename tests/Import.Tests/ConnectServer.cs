using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Exports.Import.Tests;

/// <summary>
/// Answers as a Kafka Connect cluster does: one of today, or one from before Kafka 2.3, which ignores <c>expand</c> and tells no
/// cluster.
/// </summary>
internal sealed class ConnectServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SortedDictionary<string, (JsonObject Config, string Type, string State)> _connectors = new(StringComparer.Ordinal);

    private ConnectServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>What a client must say to be let in; null for nothing.</summary>
    public string? Authorization { get; set; }

    public string? KafkaClusterId { get; set; }

    public static async Task<ConnectServer> StartAsync(bool isOld = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new ConnectServer(builder.Build());
        server._app.Use(async (context, next) =>
        {
            if (server.Authorization is { } wanted && context.Request.Headers.Authorization != wanted)
                context.Response.StatusCode = 401;
            else
                await next();
        });
        server._app.MapGet("/", () => Json(isOld
            ? new JsonObject { ["version"] = "2.2.0", ["commit"] = "x" }
            : new JsonObject { ["version"] = "3.9.0", ["commit"] = "x", ["kafka_cluster_id"] = server.KafkaClusterId }));
        server._app.MapGet("/connectors", () => isOld
            ? Json(new JsonArray([.. server._connectors.Keys.Select(name => (JsonNode)name)]))
            : Json(new JsonObject(server._connectors.Keys.Select(name => KeyValuePair.Create(
                name, (JsonNode?)new JsonObject { ["info"] = server.Info(name), ["status"] = server.Status(name) })))));
        server._app.MapGet("/connectors/{name}", (string name) => Json(server.Info(Decode(name))));
        server._app.MapGet("/connectors/{name}/status", (string name) => Json(server.Status(Decode(name))));
        await server._app.StartAsync();
        return server;
    }

    public ConnectServer Add(string name, string state = "STOPPED", string type = "sink", params (string Key, string Value)[] config)
    {
        _connectors[name] = (
            new JsonObject(config.Prepend(("name", name)).Select(entry => KeyValuePair.Create(entry.Item1, (JsonNode?)entry.Item2))), type, state);
        return this;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    // ASP.NET leaves a slash in a segment encoded.
    private static string Decode(string name) => name.Replace("%2F", "/", StringComparison.Ordinal);

    private static IResult Json(JsonNode body) => Results.Text(body.ToJsonString(), "application/json", Encoding.UTF8);

    private JsonObject Info(string name) => new()
    {
        ["name"] = name,
        ["config"] = _connectors[name].Config.DeepClone(),
        ["tasks"] = new JsonArray(),
        ["type"] = _connectors[name].Type,
    };

    private JsonObject Status(string name) => new()
    {
        ["name"] = name,
        ["connector"] = new JsonObject { ["state"] = _connectors[name].State, ["worker_id"] = "old:8083" },
        ["tasks"] = new JsonArray(),
        ["type"] = _connectors[name].Type,
    };
}
