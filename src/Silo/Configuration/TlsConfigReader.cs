using System.Net.Security;
using System.Security.Authentication;
using Exports.Connectors.Sdk;
using Exports.Pipeline;
using Exports.Silo.Rest.Tls;

namespace Exports.Silo.Configuration;

/// <summary>
/// Reads <c>listeners.https.ssl.*</c>. As in Kafka Connect, where no key begins so, <c>ssl.*</c> are taken, which are also the
/// settings of the Kafka clients.
/// </summary>
internal sealed class TlsConfigReader
{
    private readonly ResolvedConfig _config;
    private readonly string _prefix;
    private readonly List<string> _errors;

    public TlsConfigReader(ResolvedConfig config, List<string> errors)
    {
        _config = config;
        _errors = errors;
        var hasOwn = config.Keys.Any(key => key.StartsWith(WorkerKeys.ListenersHttps, StringComparison.Ordinal));
        var hasOthers = config.Keys.Any(key => key.StartsWith("ssl.keystore.", StringComparison.Ordinal));
        _prefix = hasOthers && !hasOwn ? "" : WorkerKeys.ListenersHttps;
    }

    /// <summary>Null when something is wrong, which is then among the errors.</summary>
    public TlsConfig? Read()
    {
        var before = _errors.Count;
        var keyStore = Store("keystore", Joined("ssl.keystore.certificate.chain", "ssl.keystore.key"));
        if (keyStore is null && _errors.Count == before)
            Add("ssl.keystore.location", "null", "an https listener needs a certificate and its key: a file here, or ssl.keystore.certificate.chain and ssl.keystore.key");
        var (asked, required) = Get("ssl.client.auth")?.ToLowerInvariant() switch
        {
            null or "none" => (false, false),
            "requested" => (true, false),
            "required" => (true, true),
            var other => Wrong(other),
        };
        var trustStore = asked ? Store("truststore", Get("ssl.truststore.certificates")) : null;
        if (asked && trustStore is null && _errors.Count == before)
            Add("ssl.truststore.location", "null", "ssl.client.auth needs the authorities of callers' certificates: a file here, or ssl.truststore.certificates");
        var protocols = Protocols();
        var ciphers = CipherSuites();
        if (Get("ssl.engine.factory.class") is { } factory)
            Add("ssl.engine.factory.class", factory, "Java classes are not loaded; leave it out");
        return _errors.Count > before
            ? null
            : new()
            {
                KeyStore = keyStore!,
                TrustStore = trustStore,
                RequiresClientCertificate = required,
                Protocols = protocols,
                CipherSuites = ciphers,
            };

        (bool, bool) Wrong(string value)
        {
            Add("ssl.client.auth", value, "String must be one of: none, requested, required");
            return default;
        }
    }

    private StoreConfig? Store(string kind, string? inline)
    {
        var type = Get($"ssl.{kind}.type")?.ToUpperInvariant();
        var location = Get($"ssl.{kind}.location");
        if (type is not (null or "PEM" or "PKCS12"))
        {
            Add($"ssl.{kind}.type", type, "String must be one of: PKCS12, PEM" + (type == "JKS" ? "; " + Pkcs12.Conversion : ""));
            return null;
        }

        if (inline is not null)
        {
            if (type == "PKCS12" || location is not null)
            {
                Add($"ssl.{kind}.type", type ?? "null", "certificates in the configuration itself are PEM; give either them or a file");
                return null;
            }

            return new(_prefix + (kind == "keystore" ? "ssl.keystore.certificate.chain" : "ssl.truststore.certificates"),
                IsPem: true, null, inline, kind == "keystore" ? Get("ssl.key.password") : null);
        }

        if (location is null)
            return null;
        var isPem = type == "PEM";
        var password = isPem
            ? kind == "keystore" ? Get("ssl.key.password") : null
            : Get($"ssl.{kind}.password");
        if (!isPem && kind == "keystore" && Get("ssl.key.password") is { } keyPassword && keyPassword != password)
        {
            Add("ssl.key.password", ParsedConfig.HiddenPassword, "a PKCS12 store has one password; leave it out, or give the value of ssl.keystore.password");
            return null;
        }

        return new($"{_prefix}ssl.{kind}.location", isPem, Path.GetFullPath(location), null, password);
    }

    private string? Joined(string chainKey, string keyKey)
    {
        var (chain, key) = (Get(chainKey), Get(keyKey));
        if (chain is null == key is null)
            return chain is null ? null : chain + "\n" + key;
        Add(chain is null ? chainKey : keyKey, "null", $"{chainKey} and {keyKey} are given together");
        return null;
    }

    private SslProtocols Protocols()
    {
        var protocols = SslProtocols.None;
        foreach (var name in List("ssl.enabled.protocols") ?? ["TLSv1.2", "TLSv1.3"])
        {
            if (name == "TLSv1.2")
                protocols |= SslProtocols.Tls12;
            else if (name == "TLSv1.3")
                protocols |= SslProtocols.Tls13;
            else
                Add("ssl.enabled.protocols", name, "String must be one of: TLSv1.2, TLSv1.3");
        }

        return protocols;
    }

    private List<TlsCipherSuite>? CipherSuites()
    {
        if (List("ssl.cipher.suites") is not { } names)
            return null;
        var suites = new List<TlsCipherSuite>();
        foreach (var name in names)
        {
            if (name.StartsWith("TLS_", StringComparison.Ordinal) && Enum.TryParse<TlsCipherSuite>(name, out var suite))
                suites.Add(suite);
            else
                Add("ssl.cipher.suites", name, "not a name of IANA's registry, such as TLS_AES_256_GCM_SHA384");
        }

        return suites;
    }

    private string[]? List(string name) => Get(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private string? Get(string name) => _config.TryGetValue(_prefix + name, out var value) && value.Trim() is { Length: > 0 } text ? text : null;

    private void Add(string name, string value, string reason) => _errors.Add(new ConfigException(_prefix + name, value, reason).Message);
}
