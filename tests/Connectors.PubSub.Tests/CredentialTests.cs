using Exports.Connectors.Sdk;
using Grpc.Core;

namespace Exports.Connectors.PubSub.Tests;

public sealed class CredentialTests
{
    private const string Key = "gcp.credentials.json";

    [Theory]
    [InlineData("geheim", "not JSON")]
    [InlineData("[\"geheim\"]", "'type'")]
    [InlineData("""{"type":"service_account","client_email":"geheim"}""", "'private_key'")]
    [InlineData("""{"type":"service_account","private_key":"geheim"}""", "'client_email'")]
    [InlineData("""{"type":"service_account","client_email":"a@b","private_key":"geheim"}""", "create a new key")]
    [InlineData("""{"type":"authorized_user","client_id":"geheim","client_secret":"geheim"}""", "'refresh_token'")]
    [InlineData("""{"type":"external_account","credential_source":{"file":"/etc/geheim"}}""", "GOOGLE_APPLICATION_CREDENTIALS")]
    [InlineData("""{"type":"impersonated_service_account","source_credentials":"geheim"}""", "GOOGLE_APPLICATION_CREDENTIALS")]
    [InlineData("""{"type":"geheim"}""", "service_account, authorized_user")]
    public void Credentials_that_cannot_be_used_are_named_by_their_key_and_not_shown(string json, string reason)
    {
        var e = Assert.Throws<ConfigException>(() => Load(new(Key, CredentialForm.Json, json, OnlyServiceAccounts: false)));

        Assert.StartsWith($"Invalid value [hidden] for configuration {Key}: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_of_a_user_are_not_taken_where_only_service_accounts_are()
    {
        const string User = """{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r"}""";

        Assert.Throws<ConfigException>(() => Load(new("gcp.sa.credentials.json", CredentialForm.Json, User, OnlyServiceAccounts: true)));
        Load(new(Key, CredentialForm.Json, User, OnlyServiceAccounts: false)).Dispose();
    }

    [Fact]
    public void A_file_that_is_missing_or_no_file_is_named()
    {
        var missing = Assert.Throws<ConfigException>(() => Load(File("/nowhere/key.json")));
        Assert.Contains("/nowhere/key.json for configuration gcp.credentials.file.path: the worker has no such file", missing.Message,
            StringComparison.Ordinal);
        Assert.Contains("cannot read", Assert.Throws<ConfigException>(() => Load(File("/"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_account_gets_tokens_for_Pub_Sub_by_signing_what_it_asks_for()
    {
        await using var google = await TokenStub.StartAsync();
        using var tokens = Load(Json(google.ServiceAccount()));

        Assert.Equal("token-1", await tokens.Value.GetAsync(default));
        Assert.Equal("token-1", await tokens.Value.GetAsync(default));

        var claims = Assert.Single(google.Claims);
        Assert.Equal("exports@my-project.iam.gserviceaccount.com", claims.GetProperty("iss").GetString());
        Assert.Equal("https://www.googleapis.com/auth/pubsub", claims.GetProperty("scope").GetString());
        // Google's own address, wherever the key file says to ask: elsewhere nobody can do anything with it.
        Assert.Equal("https://oauth2.googleapis.com/token", claims.GetProperty("aud").GetString());
        Assert.Contains("exports@my-project", tokens.Value.Identity, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_with_the_same_credentials_share_their_token()
    {
        await using var google = await TokenStub.StartAsync();
        using var first = Load(Json(google.ServiceAccount()));
        using var second = Load(Json(google.ServiceAccount()));
        using var other = Load(Json(google.ServiceAccount("other@my-project.iam.gserviceaccount.com")));

        Assert.Equal(await first.Value.GetAsync(default), await second.Value.GetAsync(default));
        Assert.NotEqual(await first.Value.GetAsync(default), await other.Value.GetAsync(default));

        Assert.Equal(2, google.Claims.Count);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_ends_while_the_old_one_serves()
    {
        await using var google = await TokenStub.StartAsync();
        using var tokens = Load(Json(google.ServiceAccount()));
        google.Lifetime = 180;
        Assert.Equal("token-1", await tokens.Value.GetAsync(default));

        // It ends in three minutes, so the next use begins to renew it, and does not wait for that.
        var gate = new TaskCompletionSource();
        google.Gate = gate.Task;
        google.Lifetime = 3600;
        Assert.Equal("token-1", await tokens.Value.GetAsync(default));
        await Until(() => google.Paths.Count == 2);
        Assert.Equal("token-1", await tokens.Value.GetAsync(default));

        gate.SetResult();
        await Until(async () => await tokens.Value.GetAsync(default) == "token-2");
    }

    [Fact]
    public async Task A_token_endpoint_that_fails_does_no_harm_while_the_old_token_lasts()
    {
        await using var google = await TokenStub.StartAsync();
        using var tokens = Load(Json(google.ServiceAccount()));
        google.Lifetime = 180;
        await tokens.Value.GetAsync(default);
        google.Failure = (400, """{"error":"invalid_grant"}""");

        for (var asked = google.Paths.Count; google.Paths.Count < asked + 2;)
            Assert.Equal("token-1", await tokens.Value.GetAsync(default));
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"geheim"}""", typeof(ConnectException), "invalid_grant")]
    [InlineData(401, "geheim", typeof(ConnectException), "gets no token")]
    [InlineData(429, """{"error":"rate_limit"}""", typeof(RetriableException), "rate_limit")]
    [InlineData(500, "geheim", typeof(RetriableException), "got no token")]
    public async Task An_answer_without_a_token_says_whether_to_come_back_and_is_not_shown(
        int status, string body, Type expected, string part)
    {
        await using var google = await TokenStub.StartAsync();
        using var tokens = Load(Json(google.ServiceAccount()));
        google.Failure = (status, body);

        var e = await Assert.ThrowsAnyAsync<ConnectException>(async () => await tokens.Value.GetAsync(default));

        Assert.Equal(expected, e.GetType());
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.Contains("exports@my-project", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_endpoint_that_nobody_answers_at_may_answer_later()
    {
        var google = await TokenStub.StartAsync();
        using var tokens = Load(Json(google.ServiceAccount()));
        await google.DisposeAsync();

        var e = await Assert.ThrowsAsync<RetriableException>(async () => await tokens.Value.GetAsync(default));
        Assert.Contains("does not answer", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_credentials_the_metadata_server_of_the_machine_is_asked()
    {
        await using var google = await TokenStub.StartAsync();
        var home = Directory.CreateTempSubdirectory("exports-test-");
        using var environment = new EnvironmentVariables(
            ("GCE_METADATA_HOST", google.Host), ("GOOGLE_APPLICATION_CREDENTIALS", null), ("CLOUDSDK_CONFIG", home.FullName));
        try
        {
            using var tokens = Load(CredentialChoice.Worker);

            Assert.Equal("token-1", await tokens.Value.GetAsync(default));

            Assert.Equal("/computeMetadata/v1/instance/service-accounts/default/token", Assert.Single(google.Paths));
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_worker_s_environment_names_a_file_and_gcloud_leaves_one()
    {
        await using var google = await TokenStub.StartAsync();
        var home = Directory.CreateTempSubdirectory("exports-test-");
        var wellKnown = Path.Combine(home.FullName, "application_default_credentials.json");
        var named = Path.Combine(home.FullName, "named.json");
        await System.IO.File.WriteAllTextAsync(wellKnown, google.ServiceAccount("known@p.iam.gserviceaccount.com"));
        await System.IO.File.WriteAllTextAsync(named, google.ServiceAccount("named@p.iam.gserviceaccount.com"));
        try
        {
            using (new EnvironmentVariables(("GOOGLE_APPLICATION_CREDENTIALS", null), ("CLOUDSDK_CONFIG", home.FullName)))
            {
                using var tokens = Load(CredentialChoice.Worker);
                Assert.Contains("known@p", tokens.Value.Identity, StringComparison.Ordinal);
            }

            using (new EnvironmentVariables(("GOOGLE_APPLICATION_CREDENTIALS", named), ("CLOUDSDK_CONFIG", home.FullName)))
            {
                using var tokens = Load(CredentialChoice.Worker);
                Assert.Contains("named@p", tokens.Value.Identity, StringComparison.Ordinal);
            }

            using (new EnvironmentVariables(("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json")))
            {
                var e = Assert.Throws<ConfigException>(() => Load(CredentialChoice.Worker));
                Assert.Contains("GOOGLE_APPLICATION_CREDENTIALS", e.Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_worker_s_environment_may_give_a_workload_identity()
    {
        var file = Path.GetTempFileName();
        System.IO.File.WriteAllText(
            file,
            """
            {"type":"external_account","audience":"//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
             "subject_token_type":"urn:ietf:params:oauth:token-type:jwt","token_url":"https://sts.googleapis.com/v1/token",
             "credential_source":{"file":"/var/run/token"}}
            """);
        try
        {
            using var environment = new EnvironmentVariables(("GOOGLE_APPLICATION_CREDENTIALS", file));
            using var tokens = Load(CredentialChoice.Worker);

            Assert.Contains("GOOGLE_APPLICATION_CREDENTIALS", tokens.Value.Identity, StringComparison.Ordinal);
        }
        finally
        {
            System.IO.File.Delete(file);
        }
    }

    [Fact]
    public async Task A_token_that_the_service_does_not_take_is_replaced_once()
    {
        await using var google = await TokenStub.StartAsync();
        await using var service = await ServiceStub.StartAsync();
        using var tokens = Load(Json(google.ServiceAccount()));
        service.Answer = (call, _) => Task.FromResult(
            call.Headers["authorization"] == "Bearer token-2" ? ServiceStub.Accept(call) : StubAnswer.Error(StatusCode.Unauthenticated, "no"));

        await PublishAsync(service, tokens.Value);
        await PublishAsync(service, tokens.Value);

        Assert.Equal(["Bearer token-1", "Bearer token-2", "Bearer token-2"], service.Calls.Select(call => call.Headers["authorization"]));
        service.AnswerWith(StubAnswer.Error(StatusCode.Unauthenticated, "no"));
        var e = await Assert.ThrowsAsync<ConnectException>(() => PublishAsync(service, tokens.Value));
        Assert.Contains("exports@my-project", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, google.Claims.Count);
    }

    private static SharedPool<string, AccessTokens>.Lease Load(CredentialChoice choice) => CredentialLoader.Load(choice);

    private static CredentialChoice Json(string json) => new(Key, CredentialForm.Json, json, OnlyServiceAccounts: false);

    private static CredentialChoice File(string path) => new("gcp.credentials.file.path", CredentialForm.File, path, OnlyServiceAccounts: false);

    private static async Task PublishAsync(ServiceStub service, AccessTokens tokens)
    {
        var config = Configs.Parse();
        using var channel = ServiceChannel.Share(service.Endpoint);
        var client = new TopicClient(channel.Value, service.Endpoint, config.Topic, tokens, config.RequestTimeout, null);
        var encoder = new MessageEncoder(config);
        var record = Batch.Record("v");
        encoder.Encode(ref record);
        await client.PublishAsync(PublishCall.For(encoder.TopicField, new Batch(record)), default);
    }

    private static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition())
            await Task.Delay(10, limit.Token);
    }
}
