using Exports.Connectors.PubSub.Wire;
using Exports.Connectors.Sdk;
using Grpc.Core;

namespace Exports.Connectors.PubSub;

/// <summary>Calls the service about one topic, as one identity. Thread-safe.</summary>
/// <param name="channel">The connections.</param>
/// <param name="endpoint">Where they lead, for messages.</param>
/// <param name="topic">The topic.</param>
/// <param name="tokens">The identity; null for none (emulator).</param>
/// <param name="timeout">How long one call may take, the token included.</param>
/// <param name="compressFrom">The size in bytes from which requests are compressed; null for never.</param>
internal sealed class TopicClient(
    ServiceChannel channel, ServiceEndpoint endpoint, TopicName topic, AccessTokens? tokens, TimeSpan timeout, long? compressFrom)
{
    private const string Publish = "pubsub.topics.publish";

    private CallHeaders? _headers;

    /// <summary>Publishes one request.</summary>
    /// <exception cref="ConnectException">It was not accepted; the type says what that means (<see cref="PublishFailure"/>).</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask PublishAsync(PublishCall call, CancellationToken cancellationToken)
    {
        try
        {
            var compress = call.Size >= compressFrom;
            var answer = await CallAsync(
                (invoker, options) => invoker.AsyncUnaryCall(PublishCall.Method, null, options, call), compress, cancellationToken);
            if (answer.Accepted != call.Records.Count)
            {
                throw new RetriableException(
                    $"{endpoint} names {answer.Accepted} messages for {call.Records.Count} that were published to {topic}; they are sent again.");
            }
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw PublishFailure.Of(e, topic, endpoint, tokens?.Identity);
        }
    }

    /// <summary>Asks for the topic's description.</summary>
    /// <exception cref="RpcException">Whatever the service answers.</exception>
    public async Task GetTopicAsync(CancellationToken cancellationToken)
        => await CallAsync(
            (invoker, options) => new Publisher.PublisherClient(invoker).GetTopicAsync(new() { Topic = topic.Resource }, options),
            compress: false, cancellationToken);

    /// <summary>Asks whether this identity may publish to the topic. For a topic that does not exist the answer is no.</summary>
    /// <exception cref="RpcException">Whatever the service answers.</exception>
    public async Task<bool> MayPublishAsync(CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            (invoker, options) => new IAMPolicy.IAMPolicyClient(invoker).TestIamPermissionsAsync(
                new() { Resource = topic.Resource, Permissions = { Publish } }, options),
            compress: false, cancellationToken);
        return answer.Permissions.Contains(Publish);
    }

    private async Task<T> CallAsync<T>(
        Func<CallInvoker, CallOptions, AsyncUnaryCall<T>> make, bool compress, CancellationToken cancellationToken)
        where T : class
    {
        var deadline = DateTime.UtcNow + timeout;
        var token = tokens is null ? null : await TokenAsync(null, cancellationToken);
        try
        {
            return await OnceAsync(make, token, compress, deadline, cancellationToken);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unauthenticated && token is not null)
        {
            // The token may have been revoked before its time.
            token = await TokenAsync(token, cancellationToken);
            return await OnceAsync(make, token, compress, deadline, cancellationToken);
        }
    }

    private async Task<T> OnceAsync<T>(
        Func<CallInvoker, CallOptions, AsyncUnaryCall<T>> make, string? token, bool compress, DateTime deadline,
        CancellationToken cancellationToken)
    {
        var headers = _headers;
        if (headers is null || !headers.Carry(token))
            _headers = headers = CallHeaders.For(topic, token, tokens?.QuotaProject);
        using var call = make(
            channel.Next, new CallOptions(compress ? headers.Compressed : headers.Plain, deadline, cancellationToken));
        return await call.ResponseAsync;
    }

    /// <summary>The current token, or another one than that which was rejected.</summary>
    private async ValueTask<string> TokenAsync(string? rejected, CancellationToken cancellationToken)
    {
        var fetch = rejected is null ? tokens!.GetAsync(cancellationToken) : tokens!.RenewAsync(rejected, cancellationToken);
        // Nearly always there is one.
        if (fetch.IsCompletedSuccessfully)
            return fetch.Result;
        try
        {
            return await fetch.AsTask().WaitAsync(timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new RetriableException($"{tokens!.Identity} got no token within {PubSubKeys.RequestTimeout}.") { Cause = ErrorCause.Credentials };
        }
    }
}
