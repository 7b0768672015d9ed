using System.Globalization;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.PubSub;

/// <summary>The keys of a Pub/Sub sink, as the original names them.</summary>
internal static class PubSubKeys
{
    public const string Project = "cps.project";
    public const string Topic = "cps.topic";
    public const string Endpoint = "cps.endpoint";
    public const string UseEmulator = "cps.useEmulator";
    public const string EmulatorVariable = "PUBSUB_EMULATOR_HOST";
    public const string MaxBufferSize = "maxBufferSize";
    public const string MaxBufferBytes = "maxBufferBytes";
    public const string Delay = "delayThresholdMs";
    public const string MaxDelay = "maxDelayThresholdMs";
    public const string MaxOutstandingBytes = "maxOutstandingRequestBytes";
    public const string MaxOutstandingMessages = "maxOutstandingMessages";
    public const string RequestTimeout = "maxRequestTimeoutMs";
    public const string TotalTimeout = "maxTotalTimeoutMs";
    public const string ShutdownTimeout = "maxShutdownTimeoutMs";
    public const string PublishMetadata = "metadata.publish";
    public const string PublishHeaders = "headers.publish";
    public const string UnfitHeaders = "headers.unfit";
    public const string OrderingKey = "orderingKeySource";
    public const string BodyName = "messageBodyName";
    public const string BodyFormat = "request.body.format";
    public const string Compression = "enableCompression";
    public const string CompressionThreshold = "compressionBytesThreshold";
    public const string CredentialsFile = "gcp.credentials.file.path";
    public const string CredentialsJson = "gcp.credentials.json";
    public const string ServiceAccountFile = "gcp.sa.credentials.file.path";
    public const string ServiceAccountJson = "gcp.sa.credentials.json";

    public const string Fail = "fail";
    public const string Skip = "skip";
    public const string Json = "json";

    private const string Destination = "Pub/Sub";
    private const string Requests = "Requests";
    private const string Messages = "Messages";
    private const string Access = "Credentials";
    private const long LargestRequest = 9_500_000;
    private const int MostMessages = 1000;
    private const string Unlimited = "9223372036854775807";
    private const string Text = "text";

    /// <summary>The keys that give credentials, the most specific first.</summary>
    public static IReadOnlyList<(string Key, CredentialForm Form, bool OnlyServiceAccounts)> CredentialKeys { get; } =
    [
        (ServiceAccountFile, CredentialForm.File, true),
        (ServiceAccountJson, CredentialForm.Json, true),
        (CredentialsFile, CredentialForm.File, false),
        (CredentialsJson, CredentialForm.Json, false),
    ];

    /// <summary>The keys to show.</summary>
    public static ConfigDef Definition { get; } =
    [
        new(Project, ConfigType.String, "The id of the Google Cloud project that has the topic.")
        {
            Importance = ConfigImportance.High, Group = Destination, Check = value => CheckProject(value as string),
        },
        new(Topic, ConfigType.String, "The id of the topic to publish to, without the project.")
        {
            Importance = ConfigImportance.High, Group = Destination, Check = value => CheckTopic(value as string),
        },
        new(
            Endpoint, ConfigType.String,
            "Where the service listens, host:port. With ordering keys, use the address of a region, such as "
            + "us-east1-pubsub.googleapis.com:443: order holds for messages published in the same region.")
        {
            Default = "pubsub.googleapis.com:443", Importance = ConfigImportance.Low, Group = Destination, Width = ConfigWidth.Long,
            Check = value => value is string text && ServiceEndpoint.Parse(text, plaintext: false) is null ? "allowed: host:port" : null,
        },
        new(
            UseEmulator, ConfigType.Boolean,
            $"Whether the service is an emulator: no TLS and no credentials. It listens where {EmulatorVariable} in the worker's "
            + $"environment says, else at {Endpoint}.")
        {
            Default = "false", Importance = ConfigImportance.Low, Group = Destination,
        },
        new(
            CredentialsFile, ConfigType.String,
            "A file with Google credentials in JSON: a service account's key, or a user's credentials. Without any key for "
            + "credentials, the worker's are used: the file that GOOGLE_APPLICATION_CREDENTIALS names, gcloud's application default "
            + "credentials, or the service account of the machine or pod.")
        {
            Default = null, Importance = ConfigImportance.High, Group = Access, Width = ConfigWidth.Long,
        },
        new(CredentialsJson, ConfigType.Password, "Google credentials in JSON: a service account's key, or a user's credentials.")
        {
            Default = null, Importance = ConfigImportance.High, Group = Access, Width = ConfigWidth.Long,
        },
        new(ServiceAccountFile, ConfigType.String, "A file with a service account's key in JSON.")
        {
            Default = null, Importance = ConfigImportance.High, Group = Access, Width = ConfigWidth.Long,
        },
        new(ServiceAccountJson, ConfigType.Password, "A service account's key in JSON.")
        {
            Default = null, Importance = ConfigImportance.High, Group = Access, Width = ConfigWidth.Long,
        },
        new(
            OrderingKey, ConfigType.String,
            "What a message's ordering key is: 'none'; 'key', the record's key; 'partition', the number of its Kafka partition.")
        {
            Default = "none", Group = Messages, Width = ConfigWidth.Short,
            Check = ConfigChecks.OneOf("none", "key", "partition"), Recommend = _ => ["none", "key", "partition"],
        },
        new(
            PublishMetadata, ConfigType.Boolean,
            "Whether messages get the attributes kafka.topic, kafka.partition, kafka.offset and kafka.timestamp.")
        {
            Default = "false", Group = Messages,
        },
        new(PublishHeaders, ConfigType.Boolean, "Whether the record's headers become attributes.")
        {
            Default = "false", Group = Messages, Dependents = [UnfitHeaders],
        },
        new(
            UnfitHeaders, ConfigType.String,
            "What becomes of a record with a header that no attribute can hold (a name of more than 256 bytes, empty or beginning "
            + "with goog, a value of more than 1024 bytes, or more than 100 attributes): 'fail' treats the record as one that cannot "
            + "be delivered; 'skip' leaves the header out, and says how many in the attribute kafka.headers.skipped.")
        {
            Default = Fail, Group = Messages, Width = ConfigWidth.Short, Importance = ConfigImportance.Low,
            Check = ConfigChecks.OneOf(Fail, Skip), Recommend = _ => [Fail, Skip],
        },
        new(
            BodyName, ConfigType.String,
            "Of values that are structs or maps with a schema, the field that becomes the message's data. The others become attributes.")
        {
            Default = "cps_message_body", Group = Messages,
        },
        new(
            BodyFormat, ConfigType.String,
            "How text without a schema is written: 'text' as it is, 'json' in quotes. Other values without a schema are written as "
            + "JSON in any case.")
        {
            Default = Text, Group = Messages, Width = ConfigWidth.Short, Importance = ConfigImportance.Low,
            Check = ConfigChecks.OneOfIgnoringCase(Text, "string", Json), Recommend = _ => [Text, Json],
        },
        new(MaxBufferSize, ConfigType.Int, "The most messages in one request.")
        {
            Default = "100", Group = Requests, Check = ConfigChecks.Between(1, MostMessages),
        },
        new(MaxBufferBytes, ConfigType.Long, "The most bytes in one request. A larger message is sent alone.")
        {
            Default = LargestRequest.ToString(CultureInfo.InvariantCulture), Group = Requests, Check = ConfigChecks.Between(1, LargestRequest),
        },
        new(
            Delay, ConfigType.Int,
            "How long a message may wait for others before a request that is not full is sent, in milliseconds.")
        {
            Default = "100", Group = Requests, Check = ConfigChecks.AtLeast(1),
        },
        new(MaxDelay, ConfigType.Int, $"Another name of {Delay}.")
        {
            Default = null, Group = Requests, Check = ConfigChecks.AtLeast(1),
        },
        new(
            MaxOutstandingBytes, ConfigType.Long,
            "The most bytes of a task that may be under way at once; never more than 32000000.")
        {
            Default = Unlimited, Group = Requests, Check = ConfigChecks.AtLeast(1),
        },
        new(
            MaxOutstandingMessages, ConfigType.Long,
            "The most messages of a task that may be under way at once; never more than 32 requests.")
        {
            Default = Unlimited, Group = Requests, Check = ConfigChecks.AtLeast(1),
        },
        new(RequestTimeout, ConfigType.Int, "How long one request may take, in milliseconds.")
        {
            Default = "10000", Group = Requests, Check = ConfigChecks.AtLeast(1000),
        },
        new(
            TotalTimeout, ConfigType.Int,
            "How long a message is tried before its task fails, in milliseconds. errors.retry.timeout wins where it is given.")
        {
            Default = "60000", Group = Requests, Check = ConfigChecks.AtLeast(1000),
        },
        new(ShutdownTimeout, ConfigType.Int, "How long a task may take to stop, in milliseconds.")
        {
            Default = null, Importance = ConfigImportance.Low, Group = Requests, Check = ConfigChecks.AtLeast(1),
            NoEffect = "the worker limits how long tasks may take to stop (task.shutdown.graceful.timeout.ms)",
        },
        new(Compression, ConfigType.Boolean, "Whether requests are compressed, with gzip.") { Default = "false", Group = Requests },
        new(CompressionThreshold, ConfigType.Long, "The size in bytes from which requests are compressed.")
        {
            Default = "240", Group = Requests, Check = ConfigChecks.AtLeast(0),
        },
    ];

    private static string? CheckProject(string? id)
        => id is null || (id.Length > 0 && !id.Any(c => c == '/' || char.IsWhiteSpace(c) || char.IsControl(c)))
            ? null
            : "allowed: the id of a project, such as my-project-123";

    // https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
    private static string? CheckTopic(string? id)
    {
        if (id is null)
            return null;
        if (id.Contains('/', StringComparison.Ordinal))
            return $"allowed: the topic's id alone; the project goes to {Project}";
        return id.Length is >= 3 and <= 255 && char.IsAsciiLetter(id[0]) && !id.StartsWith("goog", StringComparison.Ordinal)
            && id.All(c => char.IsAsciiLetterOrDigit(c) || "-._~+%".Contains(c, StringComparison.Ordinal))
            ? null
            : "allowed: 3 to 255 letters, digits and any of - . _ ~ + %, beginning with a letter, but not with 'goog'";
    }
}
