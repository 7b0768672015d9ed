using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>The configuration of an HTTP sink, parsed. Holds secrets: it has no text form.</summary>
internal sealed partial class HttpSinkConfig
{
    private HttpSinkConfig(ParsedConfig parsed, IReadOnlyDictionary<string, string> config)
    {
        Address = ParseUrl(Url, parsed.GetString(Url));
        Origin = Address.GetLeftPart(UriPartial.Authority);
        HttpMethod = new HttpMethod(parsed.GetString(Method));
        HttpVersion = parsed.GetString(Version);
        RequestTimeout = TimeSpan.FromMilliseconds(parsed.GetInt(Timeout));
        IsCompressed = parsed.GetString(Compression) == "gzip";
        MaxInFlight = parsed.GetInt(InFlight);
        OrderedBy = Enum.Parse<OrderedBy>(parsed.GetString(Order), ignoreCase: true);
        BodyFormat = Enum.Parse<BodyFormat>(parsed.GetString(Format), ignoreCase: true);
        ValueForm = Enum.Parse<ValueForm>(parsed.GetString(Values), ignoreCase: true);
        HasEnvelope = parsed.GetBoolean(Envelope);
        ContentType = parsed.GetStringOrNull(HttpHeaders.ContentType) ?? BodyFormat switch
        {
            BodyFormat.Json => "application/json",
            BodyFormat.NdJson => "application/x-ndjson",
            _ => "application/octet-stream",
        };
        MaxRecords = parsed.Has(BatchRecords) ? parsed.GetInt(BatchRecords) : BodyFormat == BodyFormat.Raw ? 1 : 500;
        MaxBytes = parsed.GetLong(BatchBytes);
        Linger = TimeSpan.FromMilliseconds(parsed.GetInt(BatchLinger));
        Around = ParseAround(config);
        RefuseWhatDoesNotApply(config, parsed);

        AuthorizationType = Enum.Parse<AuthorizationType>(parsed.GetString(Authorization), ignoreCase: true);
        AuthorizationHeader = ParseAuthorization(parsed);
        OAuth2 = AuthorizationType == AuthorizationType.OAuth2 ? ParseOAuth2(parsed) : null;
        Headers = HttpHeaders.Parse(config);
        SigningSecret = parsed.GetPasswordOrNull(SignatureSecret) is { } secret ? Encoding.UTF8.GetBytes(secret) : null;
        SignatureName = parsed.GetString(SignatureHeader);
        SignatureTimeName = parsed.GetString(SignatureTimeHeader);
        IdempotencyName = parsed.GetString(IdempotencyHeader) is { Length: > 0 } name ? name : null;
        RefuseHeadersTwice();

        Authorities = parsed.GetStringOrNull(CaFile) is { } authorities ? TlsFiles.Authorities(CaFile, authorities) : null;
        OwnCertificate = parsed.GetStringOrNull(CertificateFile) is { } certificate
            ? TlsFiles.OwnCertificate(
                CertificateFile, certificate, parsed.GetStringOrNull(KeyFile), parsed.GetPasswordOrNull(KeyPassword))
            : null;
        Secrets = [.. SecretsOf(parsed)];
    }

    public Uri Address { get; }

    /// <summary>Scheme, host and port. Messages show this, because the rest of an address is often a secret.</summary>
    public string Origin { get; }

    public HttpMethod HttpMethod { get; }

    /// <summary><c>auto</c>, <c>1.1</c> or <c>2</c>.</summary>
    public string HttpVersion { get; }

    public TimeSpan RequestTimeout { get; }

    public bool IsCompressed { get; }

    public int MaxInFlight { get; }

    public OrderedBy OrderedBy { get; }

    public BodyFormat BodyFormat { get; }

    public ValueForm ValueForm { get; }

    public bool HasEnvelope { get; }

    public string ContentType { get; }

    public int MaxRecords { get; }

    /// <summary>The most bytes of a body, with what is around and between the values.</summary>
    public long MaxBytes { get; }

    public TimeSpan Linger { get; }

    /// <summary>What is before, between and behind the values of a body.</summary>
    public (byte[] Prefix, byte[] Separator, byte[] Suffix) Around { get; }

    public AuthorizationType AuthorizationType { get; }

    /// <summary>The Authorization header, or null where there is none or it is asked for at an OAuth 2 server.</summary>
    public string? AuthorizationHeader { get; }

    public OAuth2Config? OAuth2 { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>The key of the HMAC, or null where requests are not signed.</summary>
    public byte[]? SigningSecret { get; }

    public string SignatureName { get; }

    public string SignatureTimeName { get; }

    /// <summary>The name of the header, or null for none.</summary>
    public string? IdempotencyName { get; }

    /// <summary>The authorities to trust, or null for the system's.</summary>
    public X509Certificate2Collection? Authorities { get; }

    public SslStreamCertificateContext? OwnCertificate { get; }

    /// <summary>Texts that no message may hold, because a receiver may quote what was sent to it.</summary>
    public IReadOnlyList<string> Secrets { get; }

    /// <summary>Whether credentials or signatures go over a network that may be listened to.</summary>
    public bool SendsSecretsUnencrypted
        => !Address.IsLoopback && Address.Scheme == Uri.UriSchemeHttp && AuthorizationType != AuthorizationType.None;

    /// <summary>Parses a connector's configuration, placeholders resolved.</summary>
    /// <exception cref="ConfigException">It cannot work; the message names the key.</exception>
    public static HttpSinkConfig Parse(IReadOnlyDictionary<string, string> config) => new(Definition.Parse(config), config);

    /// <summary>Checks what concerns several keys, headers, and files.</summary>
    public static IEnumerable<(string Key, string Message)> Validate(IReadOnlyDictionary<string, string> config)
    {
        try
        {
            _ = Parse(config);
            return [];
        }
        catch (ConfigException e)
        {
            return [(e.Key ?? Url, e.Message)];
        }
    }

    /// <summary>How requests are cut and kept in order.</summary>
    public RequestOptions ToRequestOptions() => new()
    {
        MaxRecords = MaxRecords,
        MaxBytes = Math.Max(1, MaxBytes - Around.Prefix.Length - Around.Suffix.Length),
        MaxInFlight = MaxInFlight,
        Linger = Linger,
        Order = OrderedBy == OrderedBy.None ? RequestOrder.None : RequestOrder.WholeRequests,
    };

    private static Uri ParseUrl(string key, string text)
    {
        // Not shown: it would be a password.
        if (text.Contains('@', StringComparison.Ordinal)
            && (!Uri.TryCreate(text, UriKind.Absolute, out var withUser) || withUser.UserInfo.Length > 0))
        {
            throw new ConfigException(
                key, $"the address must not hold a user name and password; use {Authorization}=basic for them");
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.Host.Length == 0)
        {
            throw new ConfigException(key, text, "allowed: an absolute http:// or https:// address");
        }

        return url.Fragment.Length == 0
            ? url
            : throw new ConfigException(key, text, "the part behind # is never sent; leave it out");
    }

    private static (byte[] Prefix, byte[] Separator, byte[] Suffix) ParseAround(IReadOnlyDictionary<string, string> config)
    {
        var format = config.TryGetValue(Format, out var given) ? given.Trim() : "json";
        return format switch
        {
            "json" => ("["u8.ToArray(), ","u8.ToArray(), "]"u8.ToArray()),
            "ndjson" => ([], "\n"u8.ToArray(), "\n"u8.ToArray()),
            // The configuration's own text: the parsed one is trimmed, and would hide that white space has been lost.
            _ => (Escaped(BatchPrefix, ""), Escaped(BatchSeparator, @"\n"), Escaped(BatchSuffix, "")),
        };

        byte[] Escaped(string key, string @default)
            => EscapedText.Parse(key, config.TryGetValue(key, out var text) ? text : @default);
    }

    private void RefuseWhatDoesNotApply(IReadOnlyDictionary<string, string> config, ParsedConfig parsed)
    {
        if (BodyFormat != BodyFormat.Raw)
        {
            foreach (var key in (string[])[BatchPrefix, BatchSeparator, BatchSuffix])
            {
                if (config.TryGetValue(key, out var value))
                    throw new ConfigException(key, value, $"it has a meaning only with {Format}=raw");
            }
        }
        else
        {
            if (HasEnvelope)
                throw new ConfigException(Envelope, "true", $"a raw body has no envelope; set {Format} to json or ndjson");
            if (config.TryGetValue(Values, out var values))
                throw new ConfigException(Values, values, $"it has no meaning with {Format}=raw");
        }

        foreach (var (type, keys) in ((string, string[])[])
        [
            ("static", [HttpHeaders.Authorization]), ("basic", [User, Password]), ("bearer", [Token]),
            ("oauth2", [TokenUrl, ClientId, ClientSecret, ClientScope, ClientMode, TokenProperty]),
        ])
        {
            foreach (var key in keys)
            {
                if (config.ContainsKey(key) && parsed.GetString(Authorization) != type)
                    throw new ConfigException(key, $"it has a meaning only with {Authorization}={type}");
            }
        }

        foreach (var (needed, keys) in ((string, string[])[])
            [(CertificateFile, [KeyFile, KeyPassword]), (SignatureSecret, [SignatureHeader, SignatureTimeHeader])])
        {
            foreach (var key in keys)
            {
                if (config.ContainsKey(key) && !parsed.Has(needed))
                    throw new ConfigException(key, $"it has a meaning only with {needed}");
            }
        }

        foreach (var key in (string[])[CaFile, CertificateFile])
        {
            if (parsed.Has(key) && Address.Scheme != Uri.UriSchemeHttps)
            {
                throw new ConfigException(
                    key, parsed.GetStringOrNull(key), $"{Url} is not an https address, so there is no TLS");
            }
        }
    }

    private void RefuseHeadersTwice()
    {
        var names = new HashSet<string>(Headers.Select(header => header.Key), StringComparer.OrdinalIgnoreCase);
        var own = SigningSecret is null
            ? []
            : new List<(string Key, string? Name)> { (SignatureHeader, SignatureName), (SignatureTimeHeader, SignatureTimeName) };
        own.Add((IdempotencyHeader, IdempotencyName));
        foreach (var (key, name) in own)
        {
            if (name is not null && !names.Add(name))
                throw new ConfigException(key, name, "another key sets this header already");
        }
    }

    private string? ParseAuthorization(ParsedConfig parsed)
    {
        switch (AuthorizationType)
        {
            case AuthorizationType.Static:
                return CheckedHeader(HttpHeaders.Authorization, Needed(parsed, HttpHeaders.Authorization, secret: true));
            case AuthorizationType.Basic:
                var user = Needed(parsed, User, secret: false);
                if (user.Contains(':', StringComparison.Ordinal))
                    throw new ConfigException(User, user, "a user name has no colon");
                // Some receivers take a key for a user name, with an empty password.
                var password = parsed.GetPasswordOrNull(Password) ?? Needed(parsed, Password, secret: true);
                return "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
            case AuthorizationType.Bearer:
                return "Bearer " + CheckedHeader(Token, Needed(parsed, Token, secret: true));
            default:
                return null;
        }
    }

    private static OAuth2Config ParseOAuth2(ParsedConfig parsed) => new(
        ParseUrl(TokenUrl, Needed(parsed, TokenUrl, secret: false)),
        Needed(parsed, ClientId, secret: false),
        Needed(parsed, ClientSecret, secret: true),
        parsed.GetString(ClientMode).Equals("HEADER", StringComparison.OrdinalIgnoreCase),
        parsed.GetStringOrNull(ClientScope),
        parsed.GetString(TokenProperty));

    private static string Needed(ParsedConfig parsed, string key, bool secret)
        => (secret ? parsed.GetPasswordOrNull(key) : parsed.GetStringOrNull(key)) is { Length: > 0 } value
            ? value
            : throw new ConfigException(
                key, $"it is missing, and {Authorization}={parsed.GetString(Authorization)} needs it");

    private static string CheckedHeader(string key, string value)
        => HttpHeaders.CheckValue(value) is { } error ? throw new ConfigException(key, error) : value;

    private IEnumerable<string> SecretsOf(ParsedConfig parsed)
    {
        if (AuthorizationHeader is { } authorization)
        {
            yield return authorization;
            yield return authorization[(authorization.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        }

        if (OAuth2 is { } oauth2)
            yield return oauth2.BasicCredentials;
        // Many receivers know who may send by the address, and quote it when they do not find it.
        yield return Address.AbsolutePath;
        yield return Address.Query.TrimStart('?');

        foreach (var key in (string[])[Password, ClientSecret, SignatureSecret, KeyPassword])
        {
            if (parsed.GetPasswordOrNull(key) is { } secret)
                yield return secret;
        }

        foreach (var (_, value) in Headers)
            yield return value;
    }
}
