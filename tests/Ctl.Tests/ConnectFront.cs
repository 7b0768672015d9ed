using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Exports.Ctl.Tests;

/// <summary>
/// A worker as Kafka Connect has it: passes requests on, has nothing below <c>/exports</c>, and leaves out the fields that Kafka
/// Connect does not know. An old one does not know <c>expand</c> either, nor offsets.
/// </summary>
internal sealed class ConnectFront : IAsyncDisposable
{
    private static readonly string[] s_unknown = ["health", "problem", "restarts", "next_restart", "warnings"];

    private readonly WebApplication _app;

    private ConnectFront(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<ConnectFront> StartAsync(HttpClient worker, bool isOld = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(async context =>
        {
            var path = context.Request.Path.Value!;
            if (path.StartsWith("/exports", StringComparison.Ordinal) || (isOld && path.EndsWith("/offsets", StringComparison.Ordinal)))
            {
                context.Response.StatusCode = 404;
                await context.Response.WriteAsync("""{"error_code":404,"message":"HTTP 404 Not Found"}""");
                return;
            }

            var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            using var request = new HttpRequestMessage(new(context.Request.Method), isOld ? target.Split('?')[0] : target);
            if (context.Request.ContentType is not null)
            {
                request.Content = new StringContent(
                    await new StreamReader(context.Request.Body).ReadToEndAsync(), Encoding.UTF8, "application/json");
            }

            using var response = await worker.SendAsync(request);
            context.Response.StatusCode = (int)response.StatusCode;
            var text = await response.Content.ReadAsStringAsync();
            if (text.Length > 0)
                await context.Response.WriteAsync(Without(JsonNode.Parse(text))!.ToJsonString());
        });
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static JsonNode? Without(JsonNode? json)
    {
        switch (json)
        {
            case JsonObject fields:
                foreach (var name in s_unknown)
                    fields.Remove(name);
                foreach (var (_, value) in fields)
                    Without(value);
                break;
            case JsonArray items:
                foreach (var item in items)
                    Without(item);
                break;
        }

        return json;
    }
}
