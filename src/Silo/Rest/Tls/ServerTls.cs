using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Exports.Api.Security;
using Exports.Silo.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Exports.Silo.Rest.Tls;

/// <summary>TLS as the configuration wants it. A changed certificate is used from the next connection on.</summary>
internal sealed class ServerTls
{
    private readonly TlsConfig _config;
    private readonly Func<SslStreamCertificateContext> _certificate;
    private readonly Func<TrustStore>? _trust;

    public ServerTls(TlsConfig config, TimeProvider time, Action<string> onChange)
    {
        _config = config;
        _certificate = Watch(config.KeyStore, KeyStore.Parse, KeyStore.Load, time, onChange);
        _trust = config.TrustStore is { } trust ? Watch(trust, TrustStore.Parse, TrustStore.Load, time, onChange) : null;
    }

    /// <summary>For <c>UseHttps</c>.</summary>
    public TlsHandshakeCallbackOptions Options => new() { OnConnection = _ => ValueTask.FromResult(OptionsOfNow()) };

    private SslServerAuthenticationOptions OptionsOfNow()
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _certificate(),
            EnabledSslProtocols = _config.Protocols,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
        if (_config.CipherSuites is { } suites && !OperatingSystem.IsWindows() && !OperatingSystem.IsAndroid())
            options.CipherSuitesPolicy = new(suites);
        if (_trust is not null)
        {
            var trust = _trust();
            options.ClientCertificateRequired = true;
            options.RemoteCertificateValidationCallback = (_, certificate, chain, _) => certificate is X509Certificate2 own
                ? trust.Vouches(own, chain?.ChainPolicy.ExtraStore ?? [])
                : !_config.RequiresClientCertificate;
        }

        return options;
    }

    private static Func<T> Watch<T>(
        StoreConfig store, Func<StoreConfig, byte[], T> parse, Func<StoreConfig, T> load, TimeProvider time, Action<string> onChange)
        where T : class
    {
        if (store.Location is { } file)
        {
            var watched = new WatchedFile<T>(file, bytes => parse(store, bytes), time, onChange);
            return () => watched.Current;
        }

        var loaded = load(store);
        return () => loaded;
    }
}
