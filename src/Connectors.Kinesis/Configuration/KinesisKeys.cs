using System.Text.RegularExpressions;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>The configuration keys: those of the connector that this one replaces, and some of its own.</summary>
internal static partial class KinesisKeys
{
    public const string Region = "region";
    public const string StreamName = "streamName";
    public const string RoleArn = "roleARN";
    public const string RoleExternalId = "roleExternalID";
    public const string RoleSessionName = "roleSessionName";
    public const string RoleDurationSeconds = "roleDurationSeconds";
    public const string Endpoint = "kinesisEndpoint";
    public const string StsEndpoint = "stsEndpoint";
    public const string MaxBufferedTime = "maxBufferedTime";
    public const string MaxConnections = "maxConnections";
    public const string OutstandingRecordsThreshold = "outstandingRecordsThreshold";
    public const string RateLimit = "rateLimit";
    public const string Ttl = "ttl";
    public const string UsePartitionAsHashKey = "usePartitionAsHashKey";
    public const string Aggregation = "aggregation";
    public const string Ordered = "ordered";
    public const string MaxRecordBytes = "maxRecordBytes";
    public const string MaxRequestBytes = "maxRequestBytes";
    public const string MaxRequestRecords = "maxRequestRecords";
    public const string RequestTimeout = "requestTimeoutMs";

    private const int MiB = 1024 * 1024;
    private const int LargestRequest = 10 * MiB;
    private const int MostRecords = 500;
    private const int ShortestSession = 900;
    private const int LongestSession = 43_200;
    private const string Stream = "Stream";
    private const string Credentials = "Credentials";
    private const string Delivery = "Delivery";
    private const string Original = "Without effect";

    /// <summary>All keys, those without effect included.</summary>
    public static ConfigDef Definition { get; } = Define();

    private static ConfigDef Define()
    {
        ConfigDef keys =
        [
            new(StreamName, ConfigType.String, "The stream to write to.")
            {
                Importance = ConfigImportance.High, Group = Stream,
                Check = Matches(StreamNamePattern(), "allowed: 1 to 128 letters, digits, '.', '_' and '-'"),
            },
            new(
                Region, ConfigType.String,
                $"The stream's region, such as us-east-1. Without it, the one in the host name of {Endpoint}, else that of the "
                + "worker's environment: AWS_REGION or AWS_DEFAULT_REGION.")
            {
                Default = null, Importance = ConfigImportance.High, Group = Stream, Width = ConfigWidth.Short,
            },
            new(
                Endpoint, ConfigType.String,
                "Where Kinesis is: a host, host:port, or a URL; http is allowed. Without it, AWS_ENDPOINT_URL_KINESIS or "
                + "AWS_ENDPOINT_URL of the worker's environment, else the region's public endpoint.")
            {
                Default = null, Group = Stream, Width = ConfigWidth.Long,
            },
            new(
                UsePartitionAsHashKey, ConfigType.Boolean,
                "Whether the number of the Kafka partition says which shard a record goes to. The numbers are spread evenly over "
                + "the stream's hash keys. Otherwise the shard follows from the partition key.")
            {
                Default = "false", Group = Stream,
            },
            new(RoleArn, ConfigType.String, "The role to assume. Without it, the worker's own credentials are used.")
            {
                Default = null, Importance = ConfigImportance.High, Group = Credentials, Width = ConfigWidth.Long,
                Check = Matches(RoleArnPattern(), "allowed: the ARN of a role, as arn:aws:iam::123456789012:role/name"),
            },
            new(RoleExternalId, ConfigType.String, $"The external id that the trust policy of {RoleArn} asks for.")
            {
                Default = null, Group = Credentials,
                Check = Matches(ExternalIdPattern(), "allowed: 2 to 1224 letters, digits and the characters _+=,.@:/-"),
            },
            new(RoleSessionName, ConfigType.String, "The session's name in audit logs. By default exports-<connector>.")
            {
                Default = null, Group = Credentials, Importance = ConfigImportance.Low,
                Check = Matches(SessionNamePattern(), "allowed: 2 to 64 letters, digits and the characters _+=,.@-"),
            },
            new(
                RoleDurationSeconds, ConfigType.Int,
                "How long a session of the role lasts, in seconds; no longer than the role allows. It is renewed when three "
                + "quarters have passed.")
            {
                Default = "3600", Group = Credentials, Importance = ConfigImportance.Low, Width = ConfigWidth.Short,
                Check = ConfigChecks.Between(ShortestSession, LongestSession),
            },
            new(
                StsEndpoint, ConfigType.String,
                "The URL of the token service that is asked for the role. Without it, AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL "
                + "of the worker's environment, else the region's.")
            {
                Default = null, Group = Credentials, Importance = ConfigImportance.Low, Width = ConfigWidth.Long,
                Check = value => value is not string text || KinesisEndpoint.Parse(text) is not null
                    ? null
                    : "allowed: a host, host:port, or an http or https URL without a path",
            },
            new(
                Ordered, ConfigType.Boolean,
                "Whether records with the same partition key are written in the order in which they were read. Kinesis may "
                + "refuse single records of a request, so a key has one record under way at a time. false lets a key have any "
                + "number, which is faster where few keys have most records.")
            {
                Default = "true", Importance = ConfigImportance.High, Group = Delivery,
            },
            new(
                MaxBufferedTime, ConfigType.Long,
                "How long a record may wait for others before a request that is not full is sent, in milliseconds.")
            {
                Default = "100", Group = Delivery, Width = ConfigWidth.Short, Check = ConfigChecks.Between(0, 600_000),
            },
            new(MaxConnections, ConfigType.Int, "The most requests of a task under way at once, each on a connection of its own.")
            {
                Default = "24", Group = Delivery, Width = ConfigWidth.Short, Check = ConfigChecks.Between(1, 256),
            },
            new(
                OutstandingRecordsThreshold, ConfigType.Long,
                "The most records of a task in the requests under way. Without it, what the worker holds in memory is the limit.")
            {
                Default = null, Group = Delivery, Importance = ConfigImportance.Low, Width = ConfigWidth.Short,
                Check = Optional(ConfigChecks.AtLeast(1)),
            },
            new(
                RateLimit, ConfigType.Int,
                "How much of what the stream's open shards take together (1,000 records and 1 MiB a second each) a task may "
                + "send, in percent. Without it a task sends what Kinesis accepts, and slows down when it is throttled.")
            {
                Default = null, Group = Delivery, Importance = ConfigImportance.Low, Width = ConfigWidth.Short,
                Check = Optional(ConfigChecks.Between(1, 10_000)),
            },
            new(
                Ttl, ConfigType.Long,
                "How long a record may be tried, in milliseconds. One that is older goes the way of errors.tolerance: it fails "
                + "the task, or is skipped. Without it no record expires.")
            {
                Default = null, Group = Delivery, Importance = ConfigImportance.Low, Width = ConfigWidth.Short,
                Check = Optional(ConfigChecks.AtLeast(1)),
            },
            new(
                MaxRecordBytes, ConfigType.Int,
                "The largest record, with its partition key, in bytes. Raise it where the stream's own limit was raised.")
            {
                Default = "1048576", Group = Delivery, Importance = ConfigImportance.Low, Width = ConfigWidth.Short,
                Check = ConfigChecks.Between(1, LargestRequest),
            },
            new(MaxRequestBytes, ConfigType.Int, "The largest request, as the sum of its records, in bytes.")
            {
                Default = "5242880", Group = Delivery, Importance = ConfigImportance.Low, Width = ConfigWidth.Short,
                Check = ConfigChecks.Between(1, LargestRequest),
            },
            new(MaxRequestRecords, ConfigType.Int, "The most records in a request.")
            {
                Default = "500", Group = Delivery, Importance = ConfigImportance.Low, Width = ConfigWidth.Short,
                Check = ConfigChecks.Between(1, MostRecords),
            },
            new(RequestTimeout, ConfigType.Int, "How long Kinesis may take to answer a request, in milliseconds.")
            {
                Default = "30000", Group = Delivery, Importance = ConfigImportance.Low, Width = ConfigWidth.Short,
                Check = ConfigChecks.Between(100, 600_000),
            },
            new(
                Aggregation, ConfigType.Boolean,
                "Packing several records into one. Not in this version: only false is allowed.")
            {
                Default = "false", Group = Delivery, Importance = ConfigImportance.Low,
                Check = value => value is true
                    ? "this version does not pack several records into one; set it to false. Consumers that can take records "
                    + "apart take single ones as well"
                    : null,
            },
        ];
        foreach (var key in KeyWithoutEffect.OfTheOriginal)
        {
            keys.Add(new(key.Name, ConfigType.String, "A key of the connector that this one replaces.")
            {
                NoEffect = key.Reason,
                Default = null,
                Group = Original,
                Importance = ConfigImportance.Low,
            });
        }

        return keys;
    }

    private static Func<object?, string?> Matches(Regex pattern, string allowed)
        => value => value is null || pattern.IsMatch((string)value) ? null : allowed;

    private static Func<object?, string?> Optional(Func<object?, string?> check) => value => value is null ? null : check(value);

    [GeneratedRegex(@"^[a-zA-Z0-9_.-]{1,128}\z")]
    private static partial Regex StreamNamePattern();

    [GeneratedRegex(@"^arn:aws[a-z-]*:iam::\d{12}:role/[\x21-\x7E]{1,512}\z")]
    private static partial Regex RoleArnPattern();

    [GeneratedRegex(@"^[a-zA-Z0-9_+=,.@:/-]{2,1224}\z")]
    private static partial Regex ExternalIdPattern();

    [GeneratedRegex(@"^[a-zA-Z0-9_+=,.@-]{2,64}\z")]
    private static partial Regex SessionNamePattern();
}
