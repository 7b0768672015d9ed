using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Exports.Connectors.Http;

/// <summary>Makes the client of a task. Its connections are kept and used again.</summary>
internal static class HttpConnections
{
    // Names are looked up anew when a connection is, so a receiver that moves is followed.
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(5);

    /// <summary>A client that follows no redirects and keeps no cookies, and trusts whom the configuration says.</summary>
    public static HttpMessageInvoker Open(HttpSinkConfig config)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = config.RequestTimeout,
            PooledConnectionLifetime = s_lifetime,
            MaxConnectionsPerServer = config.MaxInFlight,
            EnableMultipleHttp2Connections = true,
        };
        if (config.Authorities is { } authorities)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        handler.SslOptions.ClientCertificateContext = config.OwnCertificate;
        return new HttpMessageInvoker(handler);
    }

    /// <summary>Sets a request's version.</summary>
    public static void SetVersion(HttpRequestMessage request, HttpSinkConfig config)
        => (request.Version, request.VersionPolicy) = config.HttpVersion switch
        {
            "2" => (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact),
            "1.1" => (HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact),
            _ => (HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower),
        };
}
