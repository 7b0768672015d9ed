using System.Globalization;
using System.Net;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>
/// Receives prepared records; sends them as one request and waits for the answer. Whoever waits learns from the exception what
/// to do with the request. For several requests at once.
/// </summary>
internal sealed class HttpDestination : IDisposable
{
    private static readonly string s_userAgent =
        $"Exports/{typeof(HttpDestination).Assembly.GetName().Version?.ToString(3)}";

    private readonly HttpSinkConfig _config;
    private readonly string _connector;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _client;
    private readonly AccessTokens? _tokens;
    private readonly RequestSignature? _signature;

    public HttpDestination(HttpSinkConfig config, string connector, TimeProvider time)
    {
        _config = config;
        _connector = connector;
        _time = time;
        _client = HttpConnections.Open(config);
        _tokens = config.OAuth2 is { } oauth2 ? new(oauth2, config, _client, time) : null;
        _signature = config.SigningSecret is { } secret ? new(secret) : null;
    }

    /// <summary>Sends one request.</summary>
    /// <exception cref="ThrottledException">The receiver asks to slow down.</exception>
    /// <exception cref="RetriableException">The receiver could not be reached, or could not take the records now.</exception>
    /// <exception cref="DataException">The receiver refuses what is in the request.</exception>
    /// <exception cref="ConnectException">The receiver refuses the request for a reason that trying again does not mend.</exception>
    public async ValueTask SendAsync(SinkBatch request, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_config.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            var token = _tokens is null ? null : await _tokens.GetAsync(either.Token);
            var error = await TrySendAsync(request, token, either.Token);
            if (error is { Status: HttpStatusCode.Unauthorized } && token is not null)
            {
                // Tokens may be withdrawn before their time.
                token = await _tokens!.RenewAsync(token, either.Token);
                error = await TrySendAsync(request, token, either.Token);
            }

            if (error is not null)
                throw error.Exception;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw ConnectionFailure.OfTimeout(_config);
        }
        catch (HttpRequestException e)
        {
            throw ConnectionFailure.Of(e, _config.Origin, _config);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _tokens?.Dispose();
    }

    /// <summary>Sends one request, and gives what the receiver has against it; null for nothing.</summary>
    private async Task<Refusal?> TrySendAsync(SinkBatch request, string? token, CancellationToken cancellationToken)
    {
        using var message = Compose(request, token);
        using var response = await _client.SendAsync(message, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            await ResponseText.DiscardAsync(response, cancellationToken);
            // A receiver that has not read the records cannot have accepted them, whatever it says.
            return await ((RequestBody)message.Content!).IsSentAsync(cancellationToken)
                ? null
                : throw ConnectionFailure.OfEarlyAnswer(_config, response.StatusCode);
        }

        var secrets = token is null ? _config.Secrets : [.. _config.Secrets, token];
        var text = await ResponseText.ReadAsync(response, secrets, cancellationToken);
        return Refusal.Of(response, text, request, _config, _time);
    }

    private HttpRequestMessage Compose(SinkBatch request, string? token)
    {
        var body = RequestBody.Of(request, _config);
        var message = new HttpRequestMessage(_config.HttpMethod, _config.Address) { Content = body };
        HttpConnections.SetVersion(message, _config);
        body.Headers.TryAddWithoutValidation("Content-Type", _config.ContentType);
        if (_config.IsCompressed)
            body.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        foreach (var (name, value) in _config.Headers)
        {
            // .NET keeps headers that describe the body elsewhere.
            if (!message.Headers.TryAddWithoutValidation(name, value))
                body.Headers.TryAddWithoutValidation(name, value);
        }

        if (!message.Headers.Contains("User-Agent"))
            message.Headers.TryAddWithoutValidation("User-Agent", s_userAgent);
        var authorization = token is null ? _config.AuthorizationHeader : $"Bearer {token}";
        if (authorization is not null)
            message.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (_config.IdempotencyName is { } idempotency)
            message.Headers.TryAddWithoutValidation(idempotency, IdempotencyKey.Of(_connector, request));
        if (_signature is not null)
        {
            var now = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            message.Headers.TryAddWithoutValidation(_config.SignatureTimeName, now);
            message.Headers.TryAddWithoutValidation(_config.SignatureName, _signature.Sign(now, body.Span));
        }

        return message;
    }
}
