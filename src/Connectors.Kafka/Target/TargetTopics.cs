using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>Asks the target through an administrative client, which connects at the first question.</summary>
internal sealed class TargetTopics(IReadOnlyDictionary<string, string> settings) : ITargetTopics, IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_afterwards = TimeSpan.FromMilliseconds(200);

    private readonly Lazy<IAdminClient> _client = new(() => new AdminClientBuilder(
            new Dictionary<string, string>(settings, StringComparer.Ordinal)
            {
                // Asking for a topic must not create it.
                ["allow.auto.create.topics"] = "false",
            })
        .SetLogHandler((_, _) => { })
        .SetErrorHandler((_, _) => { })
        .Build());

    /// <inheritdoc/>
    public async Task<int?> CountPartitionsAsync(string topic, CancellationToken cancellationToken)
    {
        var metadata = await AskAsync(
            topic,
            client => Task.Factory.StartNew(
                () => client.GetMetadata(topic, s_limit), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            cancellationToken);
        var found = metadata.Topics.Find(candidate => candidate.Topic == topic);
        if (found is null || found.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic)
            return null;
        // It has been created just now.
        if (found.Error.Code == ErrorCode.LeaderNotAvailable)
            return found.Partitions.Count;
        return found.Error.IsError ? throw Explain(topic, found.Error, null) : found.Partitions.Count;
    }

    /// <inheritdoc/>
    public async Task CreateAsync(
        string topic, int partitions, short replicationFactor, IReadOnlyDictionary<string, string> configs,
        CancellationToken cancellationToken)
    {
        var specification = new TopicSpecification
        {
            Name = topic,
            NumPartitions = partitions,
            ReplicationFactor = replicationFactor,
            Configs = configs.ToDictionary(StringComparer.Ordinal),
        };
        var options = new CreateTopicsOptions { RequestTimeout = s_limit, OperationTimeout = s_limit };
        try
        {
            await AskAsync(topic, client => Done(client.CreateTopicsAsync([specification], options)), cancellationToken);
        }
        catch (CreateTopicsException e) when (e.Results[0].Error.Code == ErrorCode.TopicAlreadyExists)
        {
            // Another task was faster.
        }
        catch (CreateTopicsException e)
        {
            throw Explain(topic, e.Results[0].Error, e);
        }

        // The brokers tell each other.
        await Task.Delay(s_afterwards, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task GrowAsync(string topic, int partitions, CancellationToken cancellationToken)
    {
        var specification = new PartitionsSpecification { Topic = topic, IncreaseTo = partitions };
        var options = new CreatePartitionsOptions { RequestTimeout = s_limit, OperationTimeout = s_limit };
        try
        {
            await AskAsync(topic, client => Done(client.CreatePartitionsAsync([specification], options)), cancellationToken);
        }
        catch (CreatePartitionsException e) when (e.Results[0].Error.Code == ErrorCode.InvalidPartitions)
        {
            // Another task was faster.
        }
        catch (CreatePartitionsException e)
        {
            throw Explain(topic, e.Results[0].Error, e);
        }

        await Task.Delay(s_afterwards, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_client.IsValueCreated)
            _client.Value.Dispose();
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private async Task<T> AskAsync<T>(string topic, Func<IAdminClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(_client.Value).WaitAsync(s_limit + TimeSpan.FromSeconds(1), cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new RetriableException(
                $"The target cluster did not answer about its topic '{topic}' within {s_limit.TotalSeconds} s.", e)
            { Cause = ErrorCause.DestinationUnreachable };
        }
        catch (KafkaException e) when (e is not CreateTopicsException and not CreatePartitionsException)
        {
            throw Explain(topic, e.Error, e);
        }
    }

    private static ConnectException Explain(string topic, Error error, Exception? cause) => error.Code switch
    {
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed => new ConnectException(
            $"The target cluster does not let this client create or grow its topic '{topic}'. Grant it Create, Alter and Describe "
            + $"on Topic, or set {KafkaSinkConfig.CreationEnable}=false ({error.Reason}).", cause)
        { Cause = ErrorCause.Credentials },
        ErrorCode.InvalidReplicationFactor => new ConnectException(
            $"The target cluster refuses {KafkaSinkConfig.CreationReplicationFactor} for its topic '{topic}': {error.Reason}", cause)
        { Cause = ErrorCause.Configuration },
        ErrorCode.InvalidPartitions => new ConnectException(
            $"The target cluster refuses {KafkaSinkConfig.CreationPartitions} for its topic '{topic}': {error.Reason}", cause)
        { Cause = ErrorCause.Configuration },
        ErrorCode.InvalidConfig => new ConnectException(
            $"The target cluster refuses {KafkaSinkConfig.CreationConfigPrefix}* for its topic '{topic}': {error.Reason}", cause)
        { Cause = ErrorCause.Configuration },
        ErrorCode.PolicyViolation or ErrorCode.TopicException or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication
            or ErrorCode.UnsupportedVersion or ErrorCode.Local_UnsupportedFeature => new ConnectException(
                $"The target cluster does not create or grow its topic '{topic}': {error.Reason}", cause)
            { Cause = ErrorCause.DestinationRefused },
        _ => new RetriableException($"The target cluster did not answer about its topic '{topic}': {error.Reason} ({error.Code})", cause) { Cause = ErrorCause.DestinationUnreachable },
    };
}
