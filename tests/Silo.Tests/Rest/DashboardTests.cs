using System.Net;
using System.Text.Json;
using Exports.Api.Security;

namespace Exports.Silo.Tests.Rest;

/// <summary>What is at <c>/dashboard</c>: under Orleans its dashboard, and everywhere a guard and an answer.</summary>
public sealed partial class DashboardTests
{
    [Theory]
    [InlineData("/dashboard")]
    [InlineData("/dashboard/")]
    [InlineData("/DASHBOARD/index.min.js")]
    [InlineData("/dashboard/DashboardCounters")]
    [InlineData("/dashboard/no/such/page")]
    public async Task Nobody_is_let_in_without_credentials_where_callers_must_say_who_they_are(string path)
    {
        var users = Path.GetTempFileName();
        await File.WriteAllTextAsync(users, "bob=read-only," + PasswordHash.Create("secret"));
        await using var worker = await RestWorker.StartAsync(("rest.authentication", "basic"), ("rest.authentication.basic.users.file", users));
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = worker.Addresses[0] };

        var nobody = await client.GetAsync(path);
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("bob:secret"u8));
        var reader = await client.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.Equal(401, (await ErrorOf(nobody)).Code);
        Assert.NotEmpty(nobody.Headers.WwwAuthenticate);
        Assert.NotEqual(HttpStatusCode.Unauthorized, reader.StatusCode);
        File.Delete(users);
    }

    private static async Task<(int Code, string Message)> ErrorOf(HttpResponseMessage response)
    {
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (body.RootElement.GetProperty("error_code").GetInt32(), body.RootElement.GetProperty("message").GetString()!);
    }
}
