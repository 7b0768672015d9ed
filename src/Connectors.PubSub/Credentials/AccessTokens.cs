using Exports.Connectors.Sdk;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;

namespace Exports.Connectors.PubSub;

/// <summary>
/// Access tokens of one identity, shared by all tasks that act as it. Google's library keeps the token, renews it in the background
/// before it ends, and goes on with it when a renewal fails, for as long as it lasts.
/// </summary>
internal sealed class AccessTokens : IDisposable
{
    private readonly ITokenAccess _access;
    private readonly string _origin;
    private readonly SemaphoreSlim _renewal = new(1);

    /// <param name="credential">The credentials, for the scope of Pub/Sub.</param>
    /// <param name="origin">Where they come from, for messages: a key of the configuration or a file.</param>
    public AccessTokens(GoogleCredential credential, string origin)
    {
        _access = credential;
        _origin = origin;
        Underlying = credential.UnderlyingCredential;
        QuotaProject = credential.QuotaProject;
        Identity = Underlying switch
        {
            ServiceAccountCredential account => $"The service account {account.Id} (from {origin})",
            ComputeCredential => "The service account of this machine or pod (from its metadata server)",
            _ => $"The identity of {origin}",
        };
    }

    /// <summary>Who acts, for the beginning of a sentence.</summary>
    public string Identity { get; }

    /// <summary>The project that the calls are counted for, where the credentials say so.</summary>
    public string? QuotaProject { get; }

    private ICredential Underlying { get; }

    /// <summary>The current token.</summary>
    /// <exception cref="ConnectException">Google refuses the credentials.</exception>
    /// <exception cref="RetriableException">The token could not be fetched.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _access.GetAccessTokenForRequestAsync(cancellationToken: cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw Judge(e);
        }
    }

    /// <summary>Fetches another token, unless somebody has done so since.</summary>
    /// <param name="rejected">The token that the service did not take.</param>
    /// <param name="cancellationToken">Cancelled when time is up.</param>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public async ValueTask<string> RenewAsync(string rejected, CancellationToken cancellationToken)
    {
        await _renewal.WaitAsync(cancellationToken);
        try
        {
            var current = await GetAsync(cancellationToken);
            if (current != rejected)
                return current;
            switch (Underlying)
            {
                case ServiceCredential service:
                    await service.RequestAccessTokenAsync(cancellationToken);
                    break;
                case UserCredential user:
                    await user.RefreshTokenAsync(cancellationToken);
                    break;
            }

            return await GetAsync(cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ConnectException))
        {
            throw Judge(e);
        }
        finally
        {
            _renewal.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _renewal.Dispose();

    // What a token endpoint answers is not shown beyond its error code: the configuration may name any address as one.
    private ConnectException Judge(Exception e)
    {
        if (e is TokenResponseException answer)
        {
            var status = (int?)answer.StatusCode;
            var code = answer.Error?.Error is { Length: > 0 and < 40 } text && text.All(c => char.IsAsciiLetterLower(c) || c == '_')
                ? text
                : status is null ? "no error code" : $"HTTP {status}";
            if (status is null or (>= 400 and < 500 and not 408 and not 429))
            {
                return new ConnectException(
                    Underlying is ComputeCredential
                        ? $"The metadata server gives no token ({code}). Does this machine or pod have a service account?"
                        : $"{Identity} gets no token ({code}). invalid_grant means that the key was deleted or disabled, that the account is "
                            + "gone, or that this machine's clock is wrong.")
                { Cause = ErrorCause.Credentials };
            }

            return new RetriableException($"{Identity} got no token: the token endpoint answered {code}.") { Cause = ErrorCause.Credentials };
        }

        return Underlying is ComputeCredential
            ? new RetriableException(
                $"There are no credentials: the metadata server does not answer ({e.GetType().Name}), and none of these is set: "
                + $"{PubSubKeys.CredentialsJson}, {PubSubKeys.CredentialsFile}, GOOGLE_APPLICATION_CREDENTIALS in the worker's environment.")
            { Cause = ErrorCause.Credentials }
            : new RetriableException($"{Identity} got no token: the token endpoint does not answer ({Innermost(e).Message}).") { Cause = ErrorCause.Credentials };
    }

    private static Exception Innermost(Exception e) => e.InnerException is null ? e : Innermost(e.InnerException);
}
