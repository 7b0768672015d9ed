using System.Diagnostics.CodeAnalysis;
using Exports.Silo.Configuration;

namespace Exports.Silo.Start;

/// <summary>Asks a worker whether it lives: for images that hold no program but this one.</summary>
internal static class HealthProbe
{
    /// <summary>Shorter than the 10 s that deploy/Dockerfile gives a check, so that the reason is told rather than cut off.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Where a worker of this machine that has this listener can be asked.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="url">The address; null when the listener does not tell it.</param>
    /// <param name="error">Why not; null when it does.</param>
    public static bool TryFindUrl(Listener listener, [NotNullWhen(true)] out Uri? url, [NotNullWhen(false)] out string? error)
    {
        var own = listener.IsAny ? listener with { Host = "127.0.0.1" } : listener;
        url = listener.Port == 0 ? null : new Uri($"{own}/health/live");
        error = url is null ? $"{WorkerKeys.Listeners} is {listener}, a port that only the worker knows: --health needs a URL" : null;
        return url is not null;
    }

    /// <summary>Asks. No proxy stands between.</summary>
    /// <param name="url">What to ask. At an address of this machine any certificate is taken: those of workers name other hosts.</param>
    /// <returns>What is wrong, in a sentence; null when the answer was a success.</returns>
    public static async Task<string?> FindTroubleAsync(Uri url)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (url.IsLoopback)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var client = new HttpClient(handler) { Timeout = s_patience };
        try
        {
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
            return response.IsSuccessStatusCode ? null : $"{url} answered {(int)response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return $"{url} did not answer: {e.Message}";
        }
        catch (OperationCanceledException)
        {
            return $"{url} did not answer within {s_patience.TotalSeconds} s";
        }
    }
}
