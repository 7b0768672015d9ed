using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>
/// Gets access tokens for client credentials, and keeps each until shortly before it runs out. Whoever asks while one is being
/// fetched waits for the same.
/// </summary>
internal sealed class AccessTokens(OAuth2Config oauth2, HttpSinkConfig config, HttpMessageInvoker client, TimeProvider time)
    : IDisposable
{
    private const int LargestAnswer = 64 * 1024;

    // The last tenth of a token's life is left for requests under way and clocks that differ.
    private const double UsedShare = 0.9;

    private readonly SemaphoreSlim _one = new(1, 1);
    private (string Text, DateTimeOffset Until)? _token;

    private string Origin => oauth2.ToString();

    /// <summary>A token that is valid for some time.</summary>
    /// <exception cref="RetriableException">The server could not be reached, or cannot answer now.</exception>
    /// <exception cref="ConnectException">The server refuses the client.</exception>
    public Task<string> GetAsync(CancellationToken cancellationToken) => GetAsync(null, cancellationToken);

    /// <summary>A token other than one that was refused.</summary>
    /// <inheritdoc cref="GetAsync(CancellationToken)" path="/exception"/>
    public Task<string> RenewAsync(string refused, CancellationToken cancellationToken) => GetAsync(refused, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<string> GetAsync(string? refused, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_token is { } known && known.Text != refused && time.GetUtcNow() < known.Until)
                return known.Text;
            var token = await FetchAsync(cancellationToken);
            _token = token;
            return token.Text;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<(string Text, DateTimeOffset Until)> FetchAsync(CancellationToken cancellationToken)
    {
        using var request = Compose();
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw ConnectionFailure.Of(e, Origin, config);
        }

        using (response)
        {
            if (response.StatusCode != HttpStatusCode.OK)
                throw await RefusedAsync(response, cancellationToken);
            return await ReadAsync(response, cancellationToken);
        }
    }

    private HttpRequestMessage Compose()
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        if (oauth2.Scope is { } scope)
            form["scope"] = scope;
        var request = new HttpRequestMessage(HttpMethod.Post, oauth2.Address);
        if (oauth2.InHeader)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", oauth2.BasicCredentials);
        }
        else
        {
            form["client_id"] = oauth2.ClientId;
            form["client_secret"] = oauth2.ClientSecret;
        }

        request.Content = new FormUrlEncodedContent(form);
        request.Headers.Accept.ParseAdd("application/json");
        return request;
    }

    private async Task<(string Text, DateTimeOffset Until)> ReadAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var json = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty(oauth2.TokenProperty, out var property)
                && property.ValueKind == JsonValueKind.String
                && property.GetString() is { Length: > 0 } token
                && HttpHeaders.CheckValue(token) is null)
            {
                // Without expires_in the token is used until it is refused.
                var until = json.RootElement.TryGetProperty("expires_in", out var seconds) && seconds.TryGetInt32(out var life)
                    ? time.GetUtcNow() + (TimeSpan.FromSeconds(Math.Max(life, 0)) * UsedShare)
                    : DateTimeOffset.MaxValue;
                return (token, until);
            }
        }
        catch (JsonException e)
        {
            throw new ConnectException($"{Origin} gave no token: its answer is not JSON. Check {HttpSinkConfig.TokenUrl}.", e) { Cause = ErrorCause.Credentials };
        }
        catch (HttpRequestException e)
        {
            throw ConnectionFailure.Of(e, Origin, config);
        }

        throw new ConnectException(
            $"{Origin} gave no token: its answer has no text in '{oauth2.TokenProperty}'. Check {HttpSinkConfig.TokenUrl} and "
            + $"{HttpSinkConfig.TokenProperty}.")
        { Cause = ErrorCause.Credentials };
    }

    private async Task<ConnectException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await ResponseText.ReadAsync(response, config.Secrets, cancellationToken);
        var message = $"{Origin} gave no token, but answered {(int)response.StatusCode}{(text.Length == 0 ? "" : ": " + text)}";
        return (int)response.StatusCode switch
        {
            408 or 425 or 429 or >= 500
                => new RetriableException(message, retryAfter: Refusal.RetryAfter(response.Headers, time)) { Cause = ErrorCause.Credentials },
            _ => new ConnectException(
                $"{message}. Check {HttpSinkConfig.TokenUrl}, {HttpSinkConfig.ClientId}, {HttpSinkConfig.ClientSecret} and "
                + $"{HttpSinkConfig.ClientScope}.")
            { Cause = ErrorCause.Credentials },
        };
    }
}
