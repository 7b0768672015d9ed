using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <content>The keys.</content>
internal sealed partial class HttpSinkConfig
{
    public const string Url = "http.url";
    public const string Method = "http.method";
    public const string Version = "http.version";
    public const string Timeout = "http.timeout.ms";
    public const string Compression = "http.compression";
    public const string InFlight = "http.max.in.flight";
    public const string Order = "http.order";
    public const string Format = "http.body.format";
    public const string Values = "http.body.values";
    public const string Envelope = "http.body.envelope";
    public const string BatchRecords = "batch.max.size";
    public const string BatchBytes = "batch.max.bytes";
    public const string BatchLinger = "batch.linger.ms";
    public const string BatchPrefix = "batch.prefix";
    public const string BatchSuffix = "batch.suffix";
    public const string BatchSeparator = "batch.separator";
    public const string Authorization = "http.authorization.type";
    public const string User = "http.authorization.user";
    public const string Password = "http.authorization.password";
    public const string Token = "http.authorization.token";
    public const string TokenUrl = "oauth2.access.token.url";
    public const string ClientId = "oauth2.client.id";
    public const string ClientSecret = "oauth2.client.secret";
    public const string ClientMode = "oauth2.client.authorization.mode";
    public const string ClientScope = "oauth2.client.scope";
    public const string TokenProperty = "oauth2.response.token.property";
    public const string SignatureSecret = "http.signature.secret";
    public const string SignatureHeader = "http.signature.header";
    public const string SignatureTimeHeader = "http.signature.timestamp.header";
    public const string IdempotencyHeader = "http.idempotency.header";
    public const string CaFile = "http.ssl.ca.location";
    public const string CertificateFile = "http.ssl.certificate.location";
    public const string KeyFile = "http.ssl.key.location";
    public const string KeyPassword = "http.ssl.key.password";

    private const int LargestBatch = 1_000_000;
    private const long LargestBody = 256 * 1024 * 1024;
    private const string Endpoint = "Endpoint";
    private const string Body = "Body";
    private const string Batching = "Batching";
    private const string Login = "Authorization";
    private const string Signature = "Signature";
    private const string Tls = "TLS";

    /// <summary>The keys to show. Further headers are read from keys under <c>http.headers.</c>.</summary>
    public static ConfigDef Definition { get; } =
    [
        new(Url, ConfigType.String, "The address to send to: http or https, without user name and password.")
        {
            Importance = ConfigImportance.High, Group = Endpoint, Width = ConfigWidth.Long, Check = ConfigChecks.NonEmpty,
        },
        Words(Method, Endpoint, "POST", ["POST", "PUT", "PATCH"], "The method of the requests."),
        Words(
            Version, Endpoint, "auto", ["auto", "1.1", "2"],
            "The version of HTTP. 'auto' takes what both sides know over TLS, and 1.1 without; '2' insists on HTTP/2, also without "
            + "TLS."),
        new(
            Timeout, ConfigType.Int,
            "How long a request may take, from the connection to the end of the answer, in milliseconds. Then it is sent again.")
        {
            Default = "30000", Group = Endpoint, Width = ConfigWidth.Short, Check = ConfigChecks.Between(1, 3_600_000),
        },
        Words(
            Compression, Endpoint, "none", ["none", "gzip"],
            "Whether bodies are compressed. The receiver has to know Content-Encoding."),
        new(InFlight, ConfigType.Int, "The most requests that a task has under way at once.")
        {
            Default = "8", Group = Endpoint, Width = ConfigWidth.Short, Check = ConfigChecks.Between(1, 1000),
        },
        Words(
            Order, Endpoint, "partition", ["partition", "key", "none"],
            "Which records are kept in order: those of a partition (one request a partition at a time), those with the same key, or "
            + "none."),
        Words(
            Format, Body, "json", ["json", "ndjson", "raw"],
            "The body: 'json' is an array of values, 'ndjson' one value a line, 'raw' the values' bytes as they are."),
        Words(
            Values, Body, "json", ["json", "string", "base64"],
            "What values that come as bytes or text are in a JSON body: 'json' text that is JSON already, 'string' text to be "
            + "written as a JSON string, 'base64' bytes to be written as a JSON string in base 64. Structured values are JSON in "
            + "any case."),
        new(
            Envelope, ConfigType.Boolean,
            "Whether each value is put into an object with topic, partition, offset, timestamp, key and headers. For json and "
            + "ndjson.")
        {
            Default = "false", Group = Body, Width = ConfigWidth.Short,
        },
        new(HttpHeaders.ContentType, ConfigType.String, "The Content-Type, where it is not the one of the format.")
        {
            Default = null, Group = Body, Check = CheckHeaderValue,
        },
        new(BatchRecords, ConfigType.Int, "The most records in a request. 500 by default, and 1 for raw bodies.")
        {
            Default = null, Group = Batching, Width = ConfigWidth.Short, Check = ConfigChecks.Between(1, LargestBatch),
        },
        new(BatchBytes, ConfigType.Long, "The most bytes in a request's body before compression. A larger record is sent alone.")
        {
            Default = "1000000", Group = Batching, Width = ConfigWidth.Short, Check = ConfigChecks.Between(1, LargestBody),
        },
        new(
            BatchLinger, ConfigType.Int,
            "How long records wait for others before a request that is not full is sent, in milliseconds.")
        {
            Default = "5", Group = Batching, Width = ConfigWidth.Short, Check = ConfigChecks.Between(0, 600_000),
        },
        Text(BatchPrefix, Batching, $"What a raw body begins with: {EscapedText.Allowed}."),
        Text(BatchSuffix, Batching, "What a raw body ends with, written in the same way."),
        Text(BatchSeparator, Batching, @"What is between the values of a raw body, written in the same way. \n by default."),
        Words(
            Authorization, Login, "none", ["none", "static", "basic", "bearer", "oauth2"],
            $"Where the Authorization header comes from: {HttpHeaders.Authorization} as it is, a user and a password, a token, or "
            + "OAuth 2 client credentials."),
        Secret(HttpHeaders.Authorization, Login, "The Authorization header in full. For static."),
        Text(User, Login, "The user name. For basic."),
        Secret(Password, Login, "The password. For basic."),
        Secret(Token, Login, "The token. For bearer."),
        Text(TokenUrl, Login, "The address that gives out access tokens. For oauth2, as the following keys."),
        Text(ClientId, Login, "The client's name there."),
        Secret(ClientSecret, Login, "The client's secret."),
        new(
            ClientMode, ConfigType.String,
            "Where the token's address wants the client's name and secret: HEADER (basic) or URL (in the form).")
        {
            Default = "HEADER", Group = Login, Width = ConfigWidth.Short, Importance = ConfigImportance.Low,
            Check = ConfigChecks.OneOfIgnoringCase("HEADER", "URL"), Recommend = _ => ["HEADER", "URL"],
        },
        Text(ClientScope, Login, "The scope to ask for."),
        new(TokenProperty, ConfigType.String, "The property of the answer that holds the token.")
        {
            Default = "access_token", Group = Login, Importance = ConfigImportance.Low, Check = ConfigChecks.NonEmpty,
        },
        new(
            SignatureSecret, ConfigType.Password,
            "The secret to sign requests with, by HMAC-SHA256. Without it, requests are not signed.")
        {
            Default = null, Group = Signature, Check = ConfigChecks.NonEmpty,
        },
        HeaderName(SignatureHeader, Signature, "X-Signature", "The header for the signature."),
        HeaderName(
            SignatureTimeHeader, Signature, "X-Signature-Timestamp",
            "The header for the time of the signature, in seconds since 1970."),
        new(
            IdempotencyHeader, ConfigType.String,
            "The header for a key that is the same each time that the same records are sent together. Empty for none.")
        {
            Default = "Idempotency-Key", Group = Signature, Importance = ConfigImportance.Low,
            Check = value => value is "" ? null : CheckHeaderName(value),
        },
        Text(CaFile, Tls, "A file of the authorities to trust, in PEM, in place of the system's."),
        Text(CertificateFile, Tls, "A file with the client's own certificate in PEM, followed by its intermediates."),
        Text(KeyFile, Tls, "A file with the key of that certificate in PEM, where it is not in the same file."),
        Secret(KeyPassword, Tls, "The password of an encrypted key."),
    ];

    private static ConfigKey Words(string key, string group, string @default, string[] words, string documentation)
        => new(key, ConfigType.String, documentation)
        {
            Default = @default,
            Group = group,
            Width = ConfigWidth.Short,
            Check = ConfigChecks.OneOf(words),
            Recommend = _ => words,
        };

    private static ConfigKey Text(string key, string group, string documentation) => new(key, ConfigType.String, documentation)
    {
        Default = null,
        Group = group,
        Importance = ConfigImportance.Low,
    };

    private static ConfigKey Secret(string key, string group, string documentation)
        => new(key, ConfigType.Password, documentation) { Default = null, Group = group };

    private static ConfigKey HeaderName(string key, string group, string @default, string documentation)
        => new(key, ConfigType.String, documentation)
        {
            Default = @default,
            Group = group,
            Importance = ConfigImportance.Low,
            Check = CheckHeaderName,
        };

    private static string? CheckHeaderName(object? value) => value is string name ? HttpHeaders.CheckName(name) : null;

    private static string? CheckHeaderValue(object? value) => value switch
    {
        "" => "String must be non-empty",
        string text => HttpHeaders.CheckValue(text),
        _ => null,
    };
}
