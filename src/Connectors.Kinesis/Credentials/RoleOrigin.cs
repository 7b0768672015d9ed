using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>Assumes a role with the default chain's credentials.</summary>
internal sealed class RoleOrigin(CredentialsSettings settings, ChainOrigin chain) : ICredentialsOrigin
{
    private const int Attempts = 3;
    private const string ExpiredToken = "ExpiredToken";

    private static readonly TimeSpan s_attemptTimeout = TimeSpan.FromSeconds(5);

    private static readonly string[] s_temporary =
        [ExpiredToken, "RequestExpired", "Throttling", "ThrottlingException", "IDPCommunicationError"];

    private static readonly string[] s_aboutOwnCredentials =
        ["SignatureDoesNotMatch", "InvalidClientTokenId", "UnrecognizedClientException", "IncompleteSignature", "MissingAuthenticationToken"];

    /// <inheritdoc/>
    public async Task<LoadedCredentials> LoadAsync(bool refused, CancellationToken cancellationToken)
    {
        var own = await chain.FindAsync(refused: false, cancellationToken);
        using var sts = new AmazonSecurityTokenServiceClient(own, ClientConfig());
        var request = new AssumeRoleRequest
        {
            RoleArn = settings.RoleArn,
            RoleSessionName = settings.SessionName,
            ExternalId = settings.ExternalId,
            DurationSeconds = (int)settings.SessionDuration.TotalSeconds,
        };
        try
        {
            var session = (await sts.AssumeRoleAsync(request, cancellationToken)).Credentials;
            // Counted from the answer rather than to the moment that it names: this machine's clock may be wrong.
            return new(
                new(session.AccessKeyId, session.SecretAccessKey, session.SessionToken),
                settings.SessionDuration * 0.75,
                settings.SessionDuration - TimeSpan.FromSeconds(30));
        }
        catch (AmazonServiceException e) when (IsTemporary(e))
        {
            if (e.ErrorCode is ExpiredToken)
                (own as RefreshingAWSCredentials)?.ClearCredentials();
            throw new RetriableException($"The role {settings.RoleArn} cannot be assumed now: {Describe(e)}", e) { Cause = ErrorCause.Credentials };
        }
        catch (AmazonServiceException e) when (s_aboutOwnCredentials.Contains(e.ErrorCode))
        {
            throw new ConnectException(
                $"The token service does not take the worker's own credentials, with which {settings.RoleArn} is to be assumed: "
                + $"{Describe(e)}. Check them, and {KinesisKeys.Region} ({settings.Region}), for which the request is signed.", e)
            { Cause = ErrorCause.Credentials };
        }
        catch (AmazonServiceException e)
        {
            throw new ConnectException(
                $"The role {settings.RoleArn} may not be assumed: {Describe(e)}. Check {KinesisKeys.RoleArn}, "
                + $"{KinesisKeys.RoleExternalId}, {KinesisKeys.RoleDurationSeconds}, the role's trust policy, and "
                + "that the worker's own credentials allow sts:AssumeRole.", e)
            { Cause = ErrorCause.Credentials };
        }
        catch (Exception e) when (e is AmazonClientException or HttpRequestException or IOException)
        {
            throw new RetriableException(
                $"The role {settings.RoleArn} cannot be assumed now; the token service does not answer: {e.GetBaseException().Message}. "
                + $"Check {KinesisKeys.Region} ({settings.Region}) and {KinesisKeys.StsEndpoint}.", e)
            { Cause = ErrorCause.Credentials };
        }
    }

    private AmazonSecurityTokenServiceConfig ClientConfig()
    {
        var config = new AmazonSecurityTokenServiceConfig { Timeout = s_attemptTimeout, MaxErrorRetry = Attempts - 1 };
        if (settings.StsEndpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            config.AuthenticationRegion = settings.Region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(settings.Region);
        }

        return config;
    }

    // Without a status there was no answer. A session that has run out is one of the worker's own, and can be renewed.
    private static bool IsTemporary(AmazonServiceException e)
        => e.StatusCode is 0 or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
            || s_temporary.Contains(e.ErrorCode, StringComparer.Ordinal);

    private static string Describe(AmazonServiceException e)
        => string.IsNullOrEmpty(e.ErrorCode) ? e.Message.TrimEnd('.') : $"{e.ErrorCode}: {e.Message.TrimEnd('.')}";
}
