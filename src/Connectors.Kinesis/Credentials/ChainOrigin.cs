using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>
/// The SDK's default chain: environment, web identity, shared profiles, container, instance. It remembers what it found and
/// renews it by itself, so it is asked often.
/// </summary>
internal sealed class ChainOrigin : ICredentialsOrigin
{
    private static readonly TimeSpan s_askAgain = TimeSpan.FromMinutes(1);

    private readonly DefaultAWSCredentialsIdentityResolver _resolver = new();

    /// <inheritdoc/>
    public async Task<LoadedCredentials> LoadAsync(bool refused, CancellationToken cancellationToken)
    {
        var found = await FindAsync(refused, cancellationToken);
        try
        {
            var keys = await Task.Run(found.GetCredentialsAsync, cancellationToken);
            var token = string.IsNullOrEmpty(keys.Token) ? null : keys.Token;
            return new(new(keys.AccessKey, keys.SecretKey, token), s_askAgain, UsableFor: null);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            throw new RetriableException(
                $"The default chain's credentials ({found.GetType().Name}) cannot be read now: {e.Message}", e)
            { Cause = ErrorCause.Credentials };
        }
    }

    /// <summary>The chain's credentials, which renew themselves.</summary>
    /// <exception cref="ConnectException">It has none.</exception>
    public async Task<AWSCredentials> FindAsync(bool refused, CancellationToken cancellationToken)
    {
        AWSCredentials found;
        try
        {
            // Some links of the chain read files or wait for the network without being asynchronous.
            found = await Task.Run(() => _resolver.ResolveIdentityAsync(null, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            throw new ConnectException(
                "No AWS credentials were found in the worker's environment, shared profiles, web identity token, container or "
                + $"instance role. Give the worker one of them: {e.Message.ReplaceLineEndings(" ").Trim()}", e)
            { Cause = ErrorCause.Credentials };
        }

        if (refused)
            (found as RefreshingAWSCredentials)?.ClearCredentials();
        return found;
    }
}
