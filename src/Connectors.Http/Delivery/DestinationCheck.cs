using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>
/// Finds out whether a receiver can be reached: resolves its name, connects, does the TLS handshake, and sends OPTIONS. Any
/// answer counts, as receivers answer OPTIONS in any way; whether they take the credentials shows with the first record. An
/// OAuth 2 server is asked for a token.
/// </summary>
internal static class DestinationCheck
{
    /// <summary>Key and message of each error.</summary>
    public static async Task<IReadOnlyList<(string Key, string Message)>> RunAsync(
        IReadOnlyDictionary<string, string> given, CancellationToken cancellationToken)
    {
        HttpSinkConfig config;
        try
        {
            config = HttpSinkConfig.Parse(given);
        }
        catch (ConfigException e)
        {
            return [(e.Key ?? HttpSinkConfig.Url, e.Message)];
        }

        var errors = new List<(string, string)>();
        using var client = HttpConnections.Open(config);
        await TryAsync(HttpSinkConfig.Url, token => ReachAsync(config, client, token));
        if (config.OAuth2 is { } oauth2)
        {
            using var tokens = new AccessTokens(oauth2, config, client, TimeProvider.System);
            await TryAsync(HttpSinkConfig.TokenUrl, tokens.GetAsync);
        }

        return errors;

        async Task TryAsync(string key, Func<CancellationToken, Task> action)
        {
            using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timer.CancelAfter(config.RequestTimeout);
            try
            {
                await action(timer.Token);
            }
            catch (ConnectException e)
            {
                errors.Add((key, e.Message));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                errors.Add((key, ConnectionFailure.OfTimeout(config).Message));
            }
        }
    }

    private static async Task ReachAsync(
        HttpSinkConfig config, HttpMessageInvoker client, CancellationToken cancellationToken)
    {
        // Without credentials: what a receiver says about them to OPTIONS does not tell what it would say to a record.
        using var request = new HttpRequestMessage(HttpMethod.Options, config.Address);
        HttpConnections.SetVersion(request, config);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw ConnectionFailure.Of(e, config.Origin, config);
        }
    }
}
