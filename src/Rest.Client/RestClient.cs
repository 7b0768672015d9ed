using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Exports.Rest.Client;

/// <summary>
/// Requests to a worker of Kafka Connect or of Exports, with errors that say which of the two went wrong: the worker cannot be
/// reached (<see cref="UnreachableException"/>), or it refuses (<see cref="RefusedException"/>). Thread-safe.
/// </summary>
public sealed class RestClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _credentialsOption;

    /// <summary>Makes a client; asks nothing yet.</summary>
    /// <param name="address">The address of a worker, without <c>/connectors</c>.</param>
    /// <param name="credentials"><c>user:password</c>, or <c>Bearer</c> and a token; null for none.</param>
    /// <param name="credentialsOption">The option by which credentials are given, for messages.</param>
    /// <param name="timeout">How long a request may take.</param>
    /// <param name="authorities">Certificate authorities that are trusted instead of the system's; null for the system's.</param>
    public RestClient(Uri address, string? credentials, string credentialsOption, TimeSpan timeout, X509Certificate2Collection? authorities = null)
    {
        Address = address;
        _credentialsOption = credentialsOption;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (authorities is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        _http = new HttpClient(handler) { BaseAddress = new Uri(address.ToString().TrimEnd('/') + "/"), Timeout = timeout };
        if (credentials?.Trim() is { Length: > 0 } given)
        {
            _http.DefaultRequestHeaders.Authorization = given.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
                ? new AuthenticationHeaderValue("Bearer", given[7..].Trim())
                : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(given)));
        }
    }

    /// <summary>The worker's address.</summary>
    public Uri Address { get; }

    /// <summary>Asks for JSON.</summary>
    /// <param name="path">The path below <see cref="Address"/>, without a slash before it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UnreachableException">The worker does not answer, or not with JSON.</exception>
    /// <exception cref="RefusedException">It answers with an error.</exception>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken)
        => await SendAsync(HttpMethod.Get, path, body: null, cancellationToken)
            ?? throw NoWorker(HttpMethod.Get, path, "empty");

    /// <summary>Asks for JSON that need not be there: null when the worker answers 404.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<JsonElement?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(path, cancellationToken);
        }
        catch (RefusedException e) when (e.Status == (int)HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Makes a request. Null when the answer has no body.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below <see cref="Address"/>, without a slash before it.</param>
    /// <param name="body">What is sent as JSON; null for nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UnreachableException">The worker does not answer, or not with JSON.</exception>
    /// <exception cref="RefusedException">It answers with an error.</exception>
    public async Task<JsonElement?> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Accept.Add(new("application/json"));
            if (body is not null)
                request.Content = JsonContent.Create(body, body.GetType());
            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                var said = MessageOf(text) is { } message ? $" ({message})" : "";
                throw new UnreachableException(
                    $"{Address} answers {(int)response.StatusCode}: it wants other credentials; give a file that holds them by {_credentialsOption}.{said}");
            }

            if (!response.IsSuccessStatusCode)
                throw new RefusedException((int)response.StatusCode, MessageOf(text) ?? $"{method} /{path} is answered with {(int)response.StatusCode}.");
            if (text.Length == 0)
                return null;
            using var json = JsonDocument.Parse(text);
            return json.RootElement.Clone();
        }
        catch (HttpRequestException e)
        {
            throw new UnreachableException($"{Address} cannot be reached: {Reason(e)}", e);
        }
        catch (JsonException e)
        {
            throw NoWorker(method, path, "not JSON", e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnreachableException($"{Address} did not answer {method} /{path} within {_http.Timeout.TotalSeconds:0} s.", e);
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    private UnreachableException NoWorker(HttpMethod method, string path, string what, Exception? inner = null)
        => new($"What answers at {Address} is no worker of Kafka Connect: the answer to {method} /{path} is {what}.", inner);

    // Of a failed handshake the outer message only says that there is an inner one.
    private static string Reason(HttpRequestException e)
        => e.InnerException is System.Security.Authentication.AuthenticationException inner ? inner.Message : e.Message;

    private static string? MessageOf(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out var message)
                ? message.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
