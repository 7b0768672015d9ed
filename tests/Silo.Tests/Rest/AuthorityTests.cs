using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Exports.Silo.Tests.Rest;

public sealed class AuthorityTests
{
    [Fact]
    public async Task Keys_come_from_the_authority_and_without_it_nobody_is_let_in()
    {
        using var key = RSA.Create(2048);
        var signing = new RsaSecurityKey(key) { KeyId = "k1" };
        var up = false;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var authority = builder.Build();
        authority.MapGet("/realm/.well-known/openid-configuration", () => up
            ? Results.Json(new { issuer = "https://realm.test", jwks_uri = authority.Urls.Single() + "/keys" })
            : Results.StatusCode(500));
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(signing);
        authority.MapGet("/keys", () => Results.Json(new { keys = new[] { new { kty = "RSA", kid = "k1", use = "sig", n = jwk.N, e = jwk.E } } }));
        await authority.StartAsync();
        await using var worker = await RestWorker.StartAsync(
            ("rest.authentication", "bearer"),
            ("rest.authentication.open.paths", ""),
            ("rest.authentication.bearer.authority", authority.Urls.Single() + "/realm"),
            ("rest.authentication.bearer.audience", "exports"));
        using var client = new HttpClient { BaseAddress = worker.Addresses[0] };
        client.DefaultRequestHeaders.Authorization = new("Bearer", new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "https://realm.test",
            Audience = "exports",
            Expires = DateTime.UtcNow.AddMinutes(5),
            Claims = new Dictionary<string, object> { ["roles"] = new[] { "read-only" } },
            SigningCredentials = new(signing, SecurityAlgorithms.RsaSha256),
        }));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/connectors")).StatusCode);
        up = true;
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/connectors")).StatusCode);
        client.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/health")).StatusCode);
    }
}
