using Exports.Connectors.PubSub.Wire;
using Grpc.Core;

namespace Exports.Connectors.PubSub.Tests;

public sealed class DestinationCheckTests
{
    private static readonly StubAnswer s_topic = StubAnswer.Ok(new Topic { Name = "projects/my-project/topics/views" });
    private static readonly StubAnswer s_permitted = StubAnswer.Ok(new TestIamPermissionsResponse { Permissions = { "pubsub.topics.publish" } });
    private static readonly StubAnswer s_notPermitted = StubAnswer.Ok(new TestIamPermissionsResponse());
    private static readonly StubAnswer s_denied = StubAnswer.Error(StatusCode.PermissionDenied, "User not authorized to perform this action.");
    private static readonly StubAnswer s_unimplemented = StubAnswer.Error(StatusCode.Unimplemented, "");

    [Fact]
    public async Task A_topic_that_may_be_published_to_is_all_right_and_nothing_is_published()
    {
        await using var service = await ServiceStub.StartAsync();

        Assert.Empty(await CheckAsync(service, s_topic, s_permitted));

        Assert.Equal(["GetTopic", "TestIamPermissions"], service.Calls.Select(call => call.Method));
        Assert.Equal("projects/my-project/topics/views", GetTopicRequest.Parser.ParseFrom(service.Calls.First().Message).Topic);
        var asked = TestIamPermissionsRequest.Parser.ParseFrom(service.Calls.Last().Message);
        Assert.Equal("projects/my-project/topics/views", asked.Resource);
        Assert.Equal(["pubsub.topics.publish"], asked.Permissions);
    }

    [Fact]
    public async Task A_publisher_need_not_be_able_to_look_at_the_topic()
    {
        await using var service = await ServiceStub.StartAsync();

        Assert.Empty(await CheckAsync(service, s_denied, s_permitted));
    }

    [Fact]
    public async Task An_emulator_need_not_know_permissions()
    {
        await using var service = await ServiceStub.StartAsync();

        Assert.Empty(await CheckAsync(service, s_topic, s_unimplemented));
    }

    [Fact]
    public async Task A_missing_topic_is_an_error_at_its_key()
    {
        await using var service = await ServiceStub.StartAsync();

        var (key, message) = Assert.Single(await CheckAsync(
            service, StubAnswer.Error(StatusCode.NotFound, "Resource not found (resource=views)."), s_notPermitted));

        Assert.Equal("cps.topic", key);
        Assert.Contains("projects/my-project/topics/views", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "Requested project not found or user does not have access to it (project=my-project).")]
    [InlineData(StatusCode.PermissionDenied, "Cloud Pub/Sub API has not been used in project 1 before or it is disabled.")]
    public async Task A_missing_project_is_an_error_at_its_key(StatusCode code, string text)
    {
        await using var service = await ServiceStub.StartAsync();

        Assert.Equal("cps.project", Assert.Single(await CheckAsync(service, StubAnswer.Error(code, text), s_permitted)).Key);
    }

    [Fact]
    public async Task A_missing_permission_is_named()
    {
        await using var service = await ServiceStub.StartAsync();

        var (key, message) = Assert.Single(await CheckAsync(service, s_topic, s_notPermitted));
        Assert.Equal("cps.topic", key);
        Assert.Contains("pubsub.topics.publish", message, StringComparison.Ordinal);
        Assert.DoesNotContain("does not exist", message, StringComparison.Ordinal);

        Assert.Contains(
            "does not exist", Assert.Single(await CheckAsync(service, s_denied, s_notPermitted)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_where_nobody_answers_is_an_error_at_its_key()
    {
        var service = await ServiceStub.StartAsync();
        var endpoint = service.Endpoint.ToString();
        await service.DisposeAsync();
        using var environment = new EnvironmentVariables(("PUBSUB_EMULATOR_HOST", null));

        var (key, message) = Assert.Single(await new PubSubSinkConnector().CheckDestinationAsync(
            Configs.Of(("cps.useEmulator", "true"), ("cps.endpoint", endpoint)), default));

        Assert.Equal("cps.endpoint", key);
        Assert.Contains("refused", message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Credentials_that_cannot_be_used_or_get_no_token_are_an_error_at_their_key()
    {
        var connector = new PubSubSinkConnector();
        Assert.Equal(
            "gcp.credentials.json",
            Assert.Single(await connector.CheckDestinationAsync(Configs.Of(("gcp.credentials.json", "{}")), default)).Key);

        await using var google = await TokenStub.StartAsync();
        google.Failure = (400, """{"error":"invalid_grant"}""");
        var (key, message) = Assert.Single(
            await connector.CheckDestinationAsync(Configs.Of(("gcp.sa.credentials.json", google.ServiceAccount())), default));
        Assert.Equal("gcp.sa.credentials.json", key);
        Assert.Contains("invalid_grant", message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<(string Key, string Message)>> CheckAsync(
        ServiceStub service, StubAnswer topic, StubAnswer permissions)
    {
        service.Answer = (call, _) => Task.FromResult(call.Method == "GetTopic" ? topic : permissions);
        using var environment = new EnvironmentVariables(("PUBSUB_EMULATOR_HOST", null));
        return await new PubSubSinkConnector().CheckDestinationAsync(
            Configs.Of(("cps.useEmulator", "true"), ("cps.endpoint", service.Endpoint.ToString())), default);
    }
}
