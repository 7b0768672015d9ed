using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Exports.Api.Security;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Exports.Silo.Tests.Rest;

/// <summary>Who may do what, with users and with tokens.</summary>
public sealed class AuthenticationTests(AuthenticationTests.Worker worker) : IClassFixture<AuthenticationTests.Worker>
{
    private const string Issuer = "https://issuer.test";
    private const string Valid = """{"connector.class":"FileStreamSink","topics":"t","file":"/nowhere/f","name":"n"}""";

    [Theory]
    [InlineData(null, "GET", "/health", 200)]
    [InlineData(null, "HEAD", "/health", 200)]
    [InlineData(null, "POST", "/health", 401)]
    [InlineData(null, "GET", "/health/", 401)]
    [InlineData(null, "GET", "/HEALTH", 401)]
    [InlineData(null, "GET", "/", 401)]
    [InlineData(null, "GET", "/connectors", 401)]
    [InlineData(null, "GET", "/no/such/path", 401)]
    [InlineData(null, "PUT", "/connector-plugins/FileStreamSink/config/validate", 401)]
    [InlineData("bob:pass:word", "GET", "/", 200)]
    [InlineData("bob:pass:word", "GET", "/connectors", 200)]
    [InlineData("bob:pass:word", "HEAD", "/connectors", 200)]
    [InlineData("bob:pass:word", "GET", "/no/such/path", 404)]
    [InlineData("bob:pass:word", "PUT", "/connector-plugins/FileStreamSink/config/validate", 200)]
    [InlineData("bob:pass:word", "PUT", "/connector-plugins/FileStreamSink/config/validate/", 200)]
    [InlineData("bob:pass:word", "PUT", "/connector-plugins/FileStreamSink/config/validate?preflight=true", 403)]
    [InlineData("bob:pass:word", "PUT", "/connector-plugins/FileStreamSink/config/validate?PREFLIGHT=true", 403)]
    [InlineData("bob:pass:word", "PUT", "/connector-plugins/a%2Fb/config/validate", 404, 400)]
    [InlineData("bob:pass:word", "PUT", "/connectors/c/config", 403)]
    [InlineData("bob:pass:word", "PUT", "/connectors/config/validate", 403)]
    [InlineData("bob:pass:word", "POST", "/connectors", 403)]
    [InlineData("bob:pass:word", "DELETE", "/connectors/c", 403)]
    [InlineData("bob:pass:word", "PUT", "/connectors/c/pause", 403)]
    [InlineData("bob:pass:word", "BREW", "/connectors", 403)]
    [InlineData("alice:ünï", "GET", "/connectors", 200)]
    [InlineData("alice:ünï", "DELETE", "/connectors/c", 404)]
    [InlineData("alice:ünï", "PUT", "/connectors/c/pause", 404)]
    [InlineData("alice:unï", "GET", "/connectors", 401)]
    [InlineData("alice:", "GET", "/connectors", 401)]
    [InlineData("Alice:ünï", "GET", "/connectors", 401)]
    [InlineData("nobody:x", "GET", "/connectors", 401)]
    [InlineData("alice", "GET", "/connectors", 401)]
    [InlineData(":ünï", "GET", "/connectors", 401)]
    public async Task A_user_may_do_what_the_role_allows(string? credentials, string method, string path, params int[] allowed)
    {
        var header = credentials is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));

        var response = await SendAsync(method, path, header);

        Assert.Contains((int)response.StatusCode, allowed);
        var body = await response.Content.ReadAsStringAsync();
        if (allowed is [401 or 403] && method != "HEAD")
            Assert.Equal(allowed[0], JsonDocument.Parse(body).RootElement.GetProperty("error_code").GetInt32());
        Assert.Equal(
            allowed is [401] ? ["Basic realm=\"Exports\", charset=\"UTF-8\"", "Bearer realm=\"Exports\""] : [],
            response.Headers.WwwAuthenticate.Select(challenge => challenge.ToString()));
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic %%%")]
    [InlineData("Basic /w==")]
    [InlineData("Basic ff+6")]
    [InlineData("Digest username=\"alice\"")]
    [InlineData("YWxpY2U6w7xuw68=")]
    [InlineData("Bearer")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Bearer eyJhbGciOiJub25lIn0.e30.")]
    public async Task A_header_that_makes_no_sense_is_answered_as_a_wrong_password_is(string header)
    {
        var wrong = await SendAsync("GET", "/connectors", "Basic " + Convert.ToBase64String("alice:wrong"u8));
        var senseless = await SendAsync("GET", "/connectors", header);

        Assert.Equal(HttpStatusCode.Unauthorized, senseless.StatusCode);
        Assert.Equal(await wrong.Content.ReadAsStringAsync(), await senseless.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Many_wrong_passwords_are_few_lines_in_the_log_and_no_credentials_are_among_them()
    {
        var header = "Basic " + Convert.ToBase64String("intruder:s3cr3t-guess"u8);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => SendAsync("GET", "/connectors", header)));

        var lines = worker.Instance.Log.Where(line => line.Contains("was not let in", StringComparison.Ordinal)).ToList();
        Assert.InRange(lines.Count, 1, 10);
        Assert.All(worker.Instance.Log, line => Assert.DoesNotContain("s3cr3t-guess", line));
        Assert.All(worker.Instance.Log, line => Assert.DoesNotContain(header[6..], line));
    }

    public static TheoryData<string, int, int> Tokens { get; } = new()
    {
        // What is asked, GET, DELETE of a connector that is not there.
        { "admin", 200, 404 },
        { "reader", 200, 403 },
        { "no role", 403, 403 },
        { "spaces", 200, 404 },
        { "expired", 401, 401 },
        { "never expires", 401, 401 },
        { "not yet", 401, 401 },
        { "other audience", 401, 401 },
        { "other issuer", 401, 401 },
        { "other key", 401, 401 },
        { "unsigned", 401, 401 },
        { "changed", 401, 401 },
        { "public key as secret", 401, 401 },
    };

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task A_token_opens_what_its_roles_allow(string kind, int read, int delete)
    {
        var header = "Bearer " + worker.Token(kind);
        Assert.Equal(read, (int)(await SendAsync("GET", "/connectors", header)).StatusCode);
        Assert.Equal(delete, (int)(await SendAsync("DELETE", "/connectors/c", header)).StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? authorization)
    {
        using var client = new HttpClient { BaseAddress = worker.Instance.Addresses[0] };
        using var request = new HttpRequestMessage(new(method), path);
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (method == "PUT")
            request.Content = new StringContent(Valid, new MediaTypeHeaderValue("application/json"));
        return await client.SendAsync(request);
    }

    public sealed class Worker : IAsyncLifetime
    {
        private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("exports-users-");
        private readonly RSA _key = RSA.Create(2048);

        internal RestWorker Instance { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var users = Path.Combine(_files.FullName, "users.properties");
            await File.WriteAllTextAsync(
                users, $"alice=admin,{PasswordHash.Create("ünï", 1000)}\nbob = read-only, {PasswordHash.Create("pass:word", 2000)}\n");
            var keys = Path.Combine(_files.FullName, "keys.pem");
            await File.WriteAllTextAsync(keys, _key.ExportSubjectPublicKeyInfoPem());
            Instance = await RestWorker.StartAsync(
                ("rest.authentication", "basic,bearer"),
                ("rest.authentication.basic.users.file", users),
                ("rest.authentication.bearer.keys.file", keys),
                ("rest.authentication.bearer.issuer", Issuer),
                ("rest.authentication.bearer.audience", "exports,other"),
                ("rest.authentication.bearer.roles.claim", "realm_access.roles"),
                ("rest.authentication.bearer.roles.admin", "exports-admin"),
                ("rest.authentication.bearer.roles.read.only", "viewer,auditor"));
        }

        public async ValueTask DisposeAsync()
        {
            await Instance.DisposeAsync();
            _key.Dispose();
            _files.Delete(recursive: true);
        }

        internal string Token(string kind)
        {
            object roles = kind switch
            {
                "reader" => new[] { "x", "auditor" },
                "no role" => new[] { "admin", "Viewer" },
                "spaces" => "x exports-admin",
                _ => new[] { "exports-admin" },
            };
            var now = DateTime.UtcNow;
            using var other = RSA.Create(2048);
            var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = kind != "never expires" };
            var token = handler.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = kind == "other issuer" ? "https://evil.test" : Issuer,
                Audience = kind == "other audience" ? "elsewhere" : "exports",
                NotBefore = kind == "not yet" ? now.AddHours(1) : now.AddHours(-2),
                Expires = kind switch { "expired" => now.AddMinutes(-5), "never expires" => null, "not yet" => now.AddHours(2), _ => now.AddMinutes(5) },
                Claims = new Dictionary<string, object> { ["realm_access"] = new Dictionary<string, object> { ["roles"] = roles } },
                SigningCredentials = kind switch
                {
                    "unsigned" => null,
                    "other key" => new(new RsaSecurityKey(other.ExportParameters(true)), SecurityAlgorithms.RsaSha256),
                    "public key as secret" => new(
                        new SymmetricSecurityKey(Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem())), SecurityAlgorithms.HmacSha256),
                    _ => new(new RsaSecurityKey(_key), SecurityAlgorithms.RsaSha256),
                },
            });
            return kind == "changed" ? token[..^6] + (token[^6] == 'A' ? 'B' : 'A') + token[^5..] : token;
        }
    }
}
