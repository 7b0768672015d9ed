using Exports.Connectors.Sdk;
using Grpc.Core;

namespace Exports.Connectors.PubSub;

/// <summary>Asks the service whether a configuration could publish: credentials, topic and permission. Publishes nothing.</summary>
internal static class DestinationCheck
{
    /// <summary>Makes the calls.</summary>
    /// <returns>One entry an error: the key it is shown at, and a message.</returns>
    public static async Task<IReadOnlyList<(string Key, string Message)>> RunAsync(
        PubSubSinkConfig config, CancellationToken cancellationToken)
    {
        SharedPool<string, AccessTokens>.Lease? tokens = null;
        try
        {
            tokens = config.Credentials is null ? null : CredentialLoader.Load(config.Credentials);
        }
        catch (ConfigException e)
        {
            return [(config.Credentials!.Key, e.Message)];
        }

        using (tokens)
        using (var channel = ServiceChannel.Share(config.Endpoint))
        {
            var client = new TopicClient(channel.Value, config.Endpoint, config.Topic, tokens?.Value, config.RequestTimeout, null);
            return await RunAsync(client, config, tokens?.Value.Identity, cancellationToken);
        }
    }

    internal static async Task<IReadOnlyList<(string Key, string Message)>> RunAsync(
        TopicClient client, PubSubSinkConfig config, string? identity, CancellationToken cancellationToken)
    {
        try
        {
            var exists = await AskAsync(() => client.GetTopicAsync(cancellationToken));
            if (Decide(exists, config, identity) is { } missing)
                return [missing];
            var permitted = true;
            var asked = await AskAsync(async () => permitted = await client.MayPublishAsync(cancellationToken));
            if (Decide(asked, config, identity) is { } failed)
                return [failed];
            if (permitted)
                return [];
            // Whoever may only publish may not look at the topic, and for one that is missing the permission is missing too.
            var perhaps = exists?.StatusCode == StatusCode.PermissionDenied ? ", or the topic does not exist" : "";
            return
            [
                (PubSubKeys.Topic,
                    $"{identity ?? "This worker"} must not publish to {config.Topic}{perhaps}: it needs the permission "
                    + "pubsub.topics.publish, which the role roles/pubsub.publisher has."),
            ];
        }
        catch (ConnectException e) when (config.Credentials is { } credentials)
        {
            return [(credentials.Key, e.Message)];
        }
    }

    private static async Task<RpcException?> AskAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (RpcException e)
        {
            return e;
        }
    }

    /// <summary>The error to show for an answer; null where the answer says nothing against publishing.</summary>
    private static (string Key, string Message)? Decide(RpcException? error, PubSubSinkConfig config, string? identity)
    {
        switch (error?.StatusCode)
        {
            // Emulators know no permissions, and a publisher needs none to look at topics.
            case null or StatusCode.PermissionDenied or StatusCode.Unimplemented when error is null || !IsDisabled(error):
                return null;
            case StatusCode.NotFound:
                var key = error.Status.Detail.Contains("project not found", StringComparison.OrdinalIgnoreCase)
                    ? PubSubKeys.Project
                    : PubSubKeys.Topic;
                return (key, PublishFailure.Of(error, config.Topic, config.Endpoint, identity).Message);
            case StatusCode.PermissionDenied or StatusCode.FailedPrecondition:
                return (PubSubKeys.Project, $"Pub/Sub is not enabled in the project {config.Topic.Project}: {error.Status.Detail}");
            case StatusCode.Unauthenticated:
                return (config.Credentials?.Key ?? PubSubKeys.UseEmulator,
                    PublishFailure.Of(error, config.Topic, config.Endpoint, identity).Message);
            case StatusCode.InvalidArgument:
                return (PubSubKeys.Topic, PublishFailure.Of(error, config.Topic, config.Endpoint, identity).Message);
            default:
                var asked = config.EndpointIsOfEnvironment ? PubSubKeys.UseEmulator : PubSubKeys.Endpoint;
                return (asked, $"{config.Endpoint} cannot be asked: {PublishFailure.Describe(error)}");
        }
    }

    private static bool IsDisabled(RpcException error)
        => error.Status.Detail.Contains("has not been used in project", StringComparison.OrdinalIgnoreCase)
            || error.Status.Detail.Contains("SERVICE_DISABLED", StringComparison.OrdinalIgnoreCase);
}
