using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Exports.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exports.Api.Tests;

/// <summary>The REST surface on a real server at a free port of 127.0.0.1.</summary>
internal sealed partial class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiServer(WebApplication app, CollectedLogs logs)
    {
        _app = app;
        Logs = logs;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public CollectedLogs Logs { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>Whether answers are held against the OpenAPI document. Off for tests that bend the server.</summary>
    public bool ChecksOpenApi { get; init; } = true;

    public IServiceProvider Services => _app.Services;

    public static async Task<ApiServer> StartAsync(
        IGrainFactory grains,
        ApiOptions? options = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? routes = null,
        string environment = "Production")
    {
        var logs = new CollectedLogs();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Services.AddSingleton(grains);
        builder.Services.AddTestPlugins();
        builder.Services.AddConnectApi(options ?? new ApiOptions());
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapConnectApi();
        routes?.Invoke(app);
        await app.StartAsync();
        return new(app, logs);
    }

    /// <summary>Sends a request; a body is sent as JSON.</summary>
    public async Task<(HttpStatusCode Status, string Body, HttpResponseMessage Response)> SendAsync(
        string method, string path, string? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
        var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (ChecksOpenApi)
            OpenApiDocument.Served.Check(method, path, (int)response.StatusCode, response.Content.Headers.ContentType, text);
        return (response.StatusCode, text, response);
    }

    /// <summary>Sends a request that must succeed with this status, and gives the body.</summary>
    public async Task<string> ExpectAsync(int status, string method, string path, string? body = null)
    {
        var (actual, text, _) = await SendAsync(method, path, body);
        Assert.True((int)actual == status, $"{method} {path}: {(int)actual} {text}{Logs.Errors}");
        return text;
    }

    /// <summary>Sends a request that must succeed with this status and this JSON, white space and escaping aside.</summary>
    public async Task ExpectJsonAsync(string json, int status, string method, string path, string? body = null)
        => Assert.Equal(Canonical(json), Canonical(await ExpectAsync(status, method, path, body)));

    /// <summary>Sends a request that must fail with this status and a body of code and message alone.</summary>
    /// <returns>The message.</returns>
    public async Task<string> ExpectErrorAsync(
        int status, string method, string path, string? body = null, string contentType = "application/json")
    {
        var (actual, text, response) = await SendAsync(method, path, body, contentType);
        Assert.True((int)actual == status, $"{method} {path}: {(int)actual} {text}{Logs.Errors}");
        return ErrorMessage(status, text, response.Content.Headers.ContentType?.ToString());
    }

    public static string Canonical(string json) => JsonNode.Parse(json)!.ToJsonString();

    public static string ErrorMessage(int status, string body, string? contentType)
    {
        Assert.Equal("application/json", contentType);
        using var json = JsonDocument.Parse(body);
        Assert.Equal(["error_code", "message"], json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(status, json.RootElement.GetProperty("error_code").GetInt32());
        var message = json.RootElement.GetProperty("message").GetString();
        Assert.False(string.IsNullOrWhiteSpace(message));
        return message;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(5)).Token);
        await _app.DisposeAsync();
    }
}
