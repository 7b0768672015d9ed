using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Http.Tests;

/// <summary>A web server that keeps what it gets, and answers as a test wants.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app, Func<HttpContext, Received, Task> answer, bool readsBody)
    {
        _app = app;
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            if (readsBody)
                await context.Request.Body.CopyToAsync(body);
            var received = new Received(
                context.Request.Method, context.Request.Path, context.Request.Protocol,
                context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                body.ToArray(), context.Connection.Id, context.Connection.ClientCertificate?.Subject);
            Requests.Enqueue(received);
            await answer(context, received);
        });
    }

    /// <summary>All requests whose bodies have come, in order.</summary>
    public ConcurrentQueue<Received> Requests { get; } = [];

    public string Url { get; private set; } = "";

    /// <summary>Starts one.</summary>
    /// <param name="answer">Gives the answer; null for 200.</param>
    /// <param name="certificate">The certificate to show; null for no TLS.</param>
    /// <param name="asksForCertificate">Whether clients must show one.</param>
    /// <param name="protocols">The versions of HTTP.</param>
    /// <param name="largestBody">The largest body, in bytes.</param>
    /// <param name="readsBody">Whether it reads the body before it answers.</param>
    public static async Task<Receiver> StartAsync(
        Func<HttpContext, Received, Task>? answer = null,
        X509Certificate2? certificate = null,
        bool asksForCertificate = false,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2,
        long? largestBody = null,
        bool readsBody = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = largestBody;
            options.Limits.MinRequestBodyDataRate = null;
            options.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = certificate is null && protocols == HttpProtocols.Http1AndHttp2 ? HttpProtocols.Http1 : protocols;
                if (certificate is null)
                    return;
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = certificate;
                    https.ClientCertificateMode =
                        asksForCertificate ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate;
                    https.ClientCertificateValidation = (_, _, _) => true;
                });
            });
        });
        var app = builder.Build();
        var receiver = new Receiver(app, answer ?? ((_, _) => Task.CompletedTask), readsBody);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        receiver.Url = $"{new Uri(address).Scheme}://127.0.0.1:{new Uri(address).Port}/hook";
        return receiver;
    }

    /// <summary>Answers with a status and a body.</summary>
    public static Func<HttpContext, Received, Task> Answers(int status, string body = "", params (string Name, string Value)[] headers)
        => async (context, _) =>
        {
            context.Response.StatusCode = status;
            foreach (var (name, value) in headers)
                context.Response.Headers[name] = value;
            await context.Response.WriteAsync(body);
        };

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
