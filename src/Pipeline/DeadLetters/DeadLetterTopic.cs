using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Sees to it that the topic of a dead letter queue exists.</summary>
internal static class DeadLetterTopic
{
    /// <summary>Creates the topic with one partition, unless it exists.</summary>
    /// <exception cref="RetriableException">Kafka did not answer.</exception>
    /// <exception cref="ConnectException">The topic does not exist, and Kafka refuses to create it.</exception>
    public static async Task EnsureAsync(KafkaAdmin admin, string topic, short replicationFactor, CancellationToken cancellationToken)
    {
        try
        {
            if (!await ExistsAsync(admin, topic, cancellationToken).ConfigureAwait(false))
                await CreateAsync(admin, topic, replicationFactor, cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectException e)
        {
            var message = $"Could not initialize dead letter queue with topic={topic}: {e.Message}";
            throw e is RetriableException ? new RetriableException(message, e) : new ConnectException(message, e);
        }
    }

    private static async Task<bool> ExistsAsync(KafkaAdmin admin, string topic, CancellationToken cancellationToken)
    {
        // The call blocks, for as long as its time limit when Kafka cannot be reached.
        var metadata = await admin.AskAsync(
            "the topic",
            client => Task.Factory.StartNew(
                () => client.GetMetadata(topic, admin.RequestTimeout),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default),
            cancellationToken).ConfigureAwait(false);
        var found = metadata.Topics.Find(candidate => candidate.Topic == topic);
        return (found?.Error.Code ?? ErrorCode.UnknownTopicOrPart) switch
        {
            // It may have been created just now, and have no leader yet.
            ErrorCode.NoError or ErrorCode.LeaderNotAvailable => true,
            ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic => false,
            ErrorCode.TopicAuthorizationFailed => throw new ConnectException(
                "Kafka does not let this client see it; grant it Describe on the topic."),
            _ => throw KafkaAdmin.Explain("the topic", found!.Error),
        };
    }

    private static async Task CreateAsync(
        KafkaAdmin admin, string topic, short replicationFactor, CancellationToken cancellationToken)
    {
        var specification = new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = replicationFactor };
        var options = new CreateTopicsOptions { RequestTimeout = admin.RequestTimeout, OperationTimeout = admin.RequestTimeout };
        await admin.AskAsync("to create the topic", Create, cancellationToken).ConfigureAwait(false);

        async Task<bool> Create(IAdminClient client)
        {
            try
            {
                await client.CreateTopicsAsync([specification], options).ConfigureAwait(false);
                return true;
            }
            catch (CreateTopicsException e) when (e.Results is [{ Error: { IsError: true } error }, ..])
            {
                return error.Code switch
                {
                    // Another task was faster.
                    ErrorCode.TopicAlreadyExists => true,
                    ErrorCode.InvalidReplicationFactor => throw new ConnectException(
                        $"Kafka refuses {ConnectorKeys.DeadLetterReplicationFactor}={replicationFactor}: {error.Reason}; "
                        + "set it to at most the number of brokers."),
                    ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed => throw new ConnectException(
                        $"Kafka does not let this client create it ({error.Reason}); grant it Create on the topic, or create the topic."),
                    _ => throw KafkaAdmin.Explain("whether it created the topic", error),
                };
            }
        }
    }
}
