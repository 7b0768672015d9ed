using System.Text.RegularExpressions;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>The configuration of a Kinesis sink.</summary>
internal sealed partial class KinesisSinkConfig
{
    private const int LongestSessionName = 64;

    private KinesisSinkConfig(
        ParsedConfig config, IReadOnlyDictionary<string, string> given, string connector, Func<string, string?> environment)
    {
        StreamName = config.GetString(KinesisKeys.StreamName);
        Location = Locate(config, environment);
        CredentialsSettings = new(
            Location.Region,
            config.GetStringOrNull(KinesisKeys.RoleArn),
            config.GetStringOrNull(KinesisKeys.RoleExternalId),
            config.GetStringOrNull(KinesisKeys.RoleSessionName) ?? SessionNameFor(connector),
            TimeSpan.FromSeconds(config.GetInt(KinesisKeys.RoleDurationSeconds)),
            config.GetStringOrNull(KinesisKeys.StsEndpoint) is { } sts ? KinesisEndpoint.Parse(sts) : null);
        PartitionAsHashKey = config.GetBoolean(KinesisKeys.UsePartitionAsHashKey);
        Ordered = config.GetBoolean(KinesisKeys.Ordered);
        MaxRecordBytes = config.GetInt(KinesisKeys.MaxRecordBytes);
        Timeout = TimeSpan.FromMilliseconds(config.GetInt(KinesisKeys.RequestTimeout));
        RatePercent = config.Has(KinesisKeys.RateLimit) ? config.GetInt(KinesisKeys.RateLimit) : null;
        Requests = new()
        {
            MaxRecords = config.GetInt(KinesisKeys.MaxRequestRecords),
            MaxBytes = config.GetInt(KinesisKeys.MaxRequestBytes),
            MaxInFlight = config.GetInt(KinesisKeys.MaxConnections),
            Linger = TimeSpan.FromMilliseconds(config.GetLong(KinesisKeys.MaxBufferedTime)),
            Order = Ordered ? RequestOrder.SingleRecords : RequestOrder.None,
            MaxRecordsUnderWay = config.Has(KinesisKeys.OutstandingRecordsThreshold)
                ? config.GetLong(KinesisKeys.OutstandingRecordsThreshold)
                : null,
            TimeToLiveKey = KinesisKeys.Ttl,
            TimeToLive = config.Has(KinesisKeys.Ttl) ? TimeSpan.FromMilliseconds(config.GetLong(KinesisKeys.Ttl)) : null,
        };
        WithoutEffect = CredentialsSettings.RoleArn is not null
            ? []
            : [.. ((string[])[KinesisKeys.RoleSessionName, KinesisKeys.RoleDurationSeconds, KinesisKeys.StsEndpoint])
                .Where(given.ContainsKey)
                .Select(key => new KeyWithoutEffect(key, $"there is no {KinesisKeys.RoleArn}"))];
    }

    /// <summary>The stream's name.</summary>
    public string StreamName { get; }

    /// <summary>Where the stream is.</summary>
    public KinesisEndpoint Location { get; }

    public CredentialsSettings CredentialsSettings { get; }

    /// <summary>How requests are cut, and how many are under way.</summary>
    public RequestOptions Requests { get; }

    /// <summary>The largest record, with its partition key.</summary>
    public int MaxRecordBytes { get; }

    /// <summary>Whether records with the same partition key are written in order.</summary>
    public bool Ordered { get; }

    /// <summary>Whether the number of the Kafka partition says which shard a record goes to.</summary>
    public bool PartitionAsHashKey { get; }

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>How much of what the shards take the task may send, in percent; null for all that Kinesis accepts.</summary>
    public int? RatePercent { get; }

    /// <summary>Keys that were given and change nothing, for want of another key.</summary>
    public IReadOnlyList<KeyWithoutEffect> WithoutEffect { get; }

    /// <summary>Parses a connector's configuration.</summary>
    /// <param name="config">The whole configuration, placeholders resolved.</param>
    /// <param name="connector">The connector's name.</param>
    /// <param name="environment">Gives the value of a variable of the environment, or null.</param>
    /// <exception cref="ConfigException">It cannot work; the message names the key.</exception>
    public static KinesisSinkConfig Parse(
        IReadOnlyDictionary<string, string> config, string connector, Func<string, string?> environment)
    {
        foreach (var (key, message) in CheckTogether(config, environment))
            throw new ConfigException(message) { Key = key };
        return new(KinesisKeys.Definition.Parse(config), config, connector, environment);
    }

    /// <summary>Checks what concerns several keys, or the environment.</summary>
    /// <returns>Key and message of each error.</returns>
    public static IEnumerable<(string Key, string Message)> CheckTogether(
        IReadOnlyDictionary<string, string> config, Func<string, string?> environment)
    {
        var parsed = KinesisKeys.Definition.Parse(config);
        if (parsed.Has(KinesisKeys.RoleExternalId) && !parsed.Has(KinesisKeys.RoleArn))
        {
            yield return (
                KinesisKeys.RoleExternalId,
                $"{KinesisKeys.RoleExternalId} is given without {KinesisKeys.RoleArn}, to which it belongs; give both or none.");
        }

        if (parsed.GetInt(KinesisKeys.MaxRecordBytes) > parsed.GetInt(KinesisKeys.MaxRequestBytes))
        {
            var error = new ConfigException(
                KinesisKeys.MaxRecordBytes, parsed.GetInt(KinesisKeys.MaxRecordBytes),
                $"a record must fit into a request, and {KinesisKeys.MaxRequestBytes} is smaller");
            yield return (KinesisKeys.MaxRecordBytes, error.Message);
        }

        ConfigException? misplaced = null;
        try
        {
            Locate(parsed, environment);
        }
        catch (ConfigException e)
        {
            misplaced = e;
        }

        if (misplaced is not null)
            yield return (misplaced.Key ?? KinesisKeys.Endpoint, misplaced.Message);
    }

    /// <summary>A session's name for a connector: the connector's, in the characters and the length that AWS allows.</summary>
    private static string SessionNameFor(string connector)
    {
        var name = SessionNameForbidden().Replace($"exports-{connector}", "-");
        return name.Length <= LongestSessionName ? name : name[..LongestSessionName];
    }

    private static KinesisEndpoint Locate(ParsedConfig config, Func<string, string?> environment) => KinesisEndpoint.Resolve(
        config.GetStringOrNull(KinesisKeys.Endpoint), config.GetStringOrNull(KinesisKeys.Region), environment);

    [GeneratedRegex(@"[^a-zA-Z0-9_+=,.@-]")]
    private static partial Regex SessionNameForbidden();
}
