using Exports.Connectors.Sdk;

namespace RedisSink;

/// <summary>Appends records to a list in Redis.</summary>
public sealed class RedisListSinkConnector : SinkConnector
{
    internal const string Host = "redis.host";
    internal const string Port = "redis.port";
    internal const string Password = "redis.password";
    internal const string List = "redis.list";
    internal const string Timeout = "redis.timeout.ms";
    internal const string BatchRecords = "redis.batch.records";

    public override ConfigDef Config => Definition;

    internal static ConfigDef Definition { get; } =
    [
        new(Host, ConfigType.String, "The server's host.") { Default = "localhost", Check = ConfigChecks.NonEmpty },
        new(Port, ConfigType.Int, "The server's port.") { Default = "6379", Check = ConfigChecks.Between(1, 65535) },
        new(Password, ConfigType.Password, "The password, where the server asks for one.") { Default = null },
        new(List, ConfigType.String, "The key of the list that values are appended to.") { Check = ConfigChecks.NonEmpty },
        new(Timeout, ConfigType.Int, "How long the server may take to answer, in milliseconds.")
        {
            Default = "10000", Check = ConfigChecks.Between(1, 600_000),
        },
        new(BatchRecords, ConfigType.Int, "The most values in one command.")
        {
            Default = "500", Check = ConfigChecks.Between(1, 100_000),
        },
    ];

    public override SinkTask CreateTask() => new RedisListSinkTask();

    public override async Task<IReadOnlyList<(string Key, string Message)>> CheckDestinationAsync(
        IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
    {
        var parsed = Definition.Parse(config);
        try
        {
            using var connection = await RedisConnection.OpenAsync(parsed, cancellationToken);
            var type = await connection.AskAsync(RedisCommand.Of("TYPE", parsed.GetString(List)), cancellationToken);
            return type is "+list" or "+none"
                ? []
                : [(List, $"The key {parsed.GetString(List)} holds no list; the server says {type}. Choose another key.")];
        }
        catch (ConnectException e)
        {
            return [(Host, e.Message)];
        }
    }
}
