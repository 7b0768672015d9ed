using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis.Tests;

public sealed class RoleTests
{
    private const string Role = "arn:aws:iam::123456789012:role/writer";

    [Fact]
    public async Task A_role_is_assumed_with_everything_that_was_configured()
    {
        await using var sts = await FakeAws.StartAsync(_ => FakeAnswer.Session("ASIAROLE", "a/token=="));
        var credentials = await LoadAsync(
            sts, (KinesisKeys.RoleExternalId, "ext-1"), (KinesisKeys.RoleDurationSeconds, "900"),
            (KinesisKeys.RoleSessionName, "me"));

        Assert.Equal(("ASIAROLE", "session-secret", "a/token=="),
            (credentials.AccessKey, credentials.SecretKey, credentials.SessionToken));
        var request = Assert.Single(sts.Requests);
        Assert.Equal("AssumeRole", request.Action);
        Assert.Equal(Role, request.Form("RoleArn"));
        Assert.Equal("ext-1", request.Form("ExternalId"));
        Assert.Equal("900", request.Form("DurationSeconds"));
        Assert.Equal("me", request.Form("RoleSessionName"));
        Assert.Equal(TestEnvironment.AccessKey, request.AccessKey);
        Assert.Contains("/us-east-1/sts/", request.Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_is_assumed_with_defaults_where_nothing_is_said()
    {
        await using var sts = await FakeAws.StartAsync(_ => FakeAnswer.Session("ASIAROLE"));
        await LoadAsync(sts);

        var request = Assert.Single(sts.Requests);
        Assert.Null(request.Form("ExternalId"));
        Assert.Equal("3600", request.Form("DurationSeconds"));
        Assert.Equal("exports-orders", request.Form("RoleSessionName"));
    }

    [Fact]
    public async Task A_role_that_may_not_be_assumed_fails_at_once_and_says_what_to_check()
    {
        await using var sts = await FakeAws.StartAsync(_ => FakeAnswer.StsError("AccessDenied", "User x is not authorized."));

        var error = await Assert.ThrowsAsync<ConnectException>(() => LoadAsync(sts));

        Assert.StartsWith(
            $"The role {Role} may not be assumed: AccessDenied: User x is not authorized. Check roleARN, roleExternalID",
            error.Message, StringComparison.Ordinal);
        Assert.Single(sts.Requests);
    }

    [Theory]
    [InlineData(500, "InternalFailure")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(400, "Throttling")]
    public async Task A_token_service_that_fails_is_asked_again(int status, string code)
    {
        await using var sts = await FakeAws.StartAsync(_ => FakeAnswer.StsError(code, "Sorry.", status));

        await Assert.ThrowsAsync<RetriableException>(() => LoadAsync(sts));

        Assert.Equal(3, sts.Requests.Count);
    }

    [Fact]
    public async Task A_token_service_that_cannot_be_reached_is_asked_again()
    {
        var gone = await FakeAws.StartAsync(_ => FakeAnswer.Session("ASIAROLE"));
        var url = gone.Url;
        await gone.DisposeAsync();

        var error = await Assert.ThrowsAsync<RetriableException>(() => LoadAsync(url));

        Assert.Contains(Role, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_of_one_connector_share_a_session_and_the_last_one_forgets_it()
    {
        await using var sts = await FakeAws.StartAsync(_ => FakeAnswer.Session("ASIAROLE"));
        var settings = Settings(sts.Url);
        var first = SharedCredentials.Join(settings);
        var second = SharedCredentials.Join(Settings(sts.Url));
        var other = SharedCredentials.Join(Settings(sts.Url, (KinesisKeys.RoleExternalId, "ext-2")));

        Assert.Same(first, second);
        Assert.NotSame(first, other);
        SharedCredentials.Leave(settings);
        Assert.Same(first, SharedCredentials.Join(settings));
        SharedCredentials.Leave(settings);
        SharedCredentials.Leave(settings);
        var anew = SharedCredentials.Join(settings);
        Assert.NotSame(first, anew);
        SharedCredentials.Leave(settings);
        SharedCredentials.Leave(Settings(sts.Url, (KinesisKeys.RoleExternalId, "ext-2")));
    }

    [Fact]
    public async Task Without_a_role_the_environments_credentials_are_used()
    {
        var loaded = await new ChainOrigin().LoadAsync(refused: false, CancellationToken.None);

        Assert.Equal((TestEnvironment.AccessKey, TestEnvironment.SecretKey, null),
            (loaded.Credentials.AccessKey, loaded.Credentials.SecretKey, loaded.Credentials.SessionToken));
        Assert.Null(loaded.UsableFor);
    }

    private static Task<AwsCredentials> LoadAsync(FakeAws sts, params (string, string)[] keys) => LoadAsync(sts.Url, keys);

    private static async Task<AwsCredentials> LoadAsync(string url, params (string, string)[] keys)
        => (await new RoleOrigin(Settings(url, keys), new()).LoadAsync(refused: false, CancellationToken.None)).Credentials;

    private static CredentialsSettings Settings(string url, params (string, string)[] keys)
        => TestConfig.Parse([(KinesisKeys.RoleArn, Role), (KinesisKeys.StsEndpoint, url), .. keys]).CredentialsSettings;
}
