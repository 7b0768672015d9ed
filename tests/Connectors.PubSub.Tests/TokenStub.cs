using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.PubSub.Tests;

/// <summary>
/// Google's token endpoint, which checks the signature of what it is asked with, and the metadata server of a machine.
/// </summary>
internal sealed class TokenStub : IAsyncDisposable
{
    private static readonly RSA s_key = RSA.Create(2048);
    private readonly WebApplication _app;
    private int _issued;

    private TokenStub(WebApplication app) => _app = app;

    /// <summary>What was asked for: claims of the assertions, or paths at the metadata server.</summary>
    public ConcurrentQueue<JsonElement> Claims { get; } = [];

    public ConcurrentQueue<string> Paths { get; } = [];

    /// <summary>How long the next tokens last, in seconds.</summary>
    public int Lifetime { get; set; } = 3600;

    /// <summary>When set, what is answered in place of a token.</summary>
    public (int Status, string Body)? Failure { get; set; }

    /// <summary>When set, requests wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public string Host => new Uri(Address).Authority;

    /// <summary>A service account's key file.</summary>
    public string ServiceAccount(string email = "exports@my-project.iam.gserviceaccount.com") => JsonSerializer.Serialize(new
    {
        type = "service_account",
        project_id = "my-project",
        private_key_id = "k1",
        private_key = s_key.ExportPkcs8PrivateKeyPem(),
        client_email = email,
        client_id = "1",
        token_uri = $"{Address}/token",
    });

    public static async Task<TokenStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        var stub = new TokenStub(app);
        app.Run(stub.HandleAsync);
        await app.StartAsync();
        return stub;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        Paths.Enqueue(context.Request.Path);
        await Gate.WaitAsync(TimeSpan.FromSeconds(30));
        if (Failure is { } failure)
        {
            context.Response.StatusCode = failure.Status;
            await context.Response.WriteAsync(failure.Body);
            return;
        }

        if (context.Request.Path == "/token")
        {
            var form = await context.Request.ReadFormAsync();
            Claims.Enqueue(Verify(form["assertion"].ToString()));
        }
        else
        {
            Assert.Equal("Google", context.Request.Headers["Metadata-Flavor"]);
        }

        await context.Response.WriteAsJsonAsync(new
        {
            access_token = $"token-{Interlocked.Increment(ref _issued)}",
            expires_in = Lifetime,
            token_type = "Bearer",
        });
    }

    private static JsonElement Verify(string assertion)
    {
        var parts = assertion.Split('.');
        Assert.True(
            s_key.VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return JsonDocument.Parse(Base64Url(parts[1])).RootElement;
    }

    private static byte[] Base64Url(string text)
        => Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));
}
