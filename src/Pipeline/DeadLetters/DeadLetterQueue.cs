using Confluent.Kafka;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Microsoft.Extensions.Logging;
using TopicPartition = Exports.Connectors.Sdk.TopicPartition;

namespace Exports.Pipeline;

/// <summary>
/// A task's dead letter queue: the topic that takes the records which the task could not deliver, as they were read. Thread-safe.
/// </summary>
internal sealed class DeadLetterQueue : IDisposable
{
    private static readonly TimeSpan s_fullDelay = TimeSpan.FromMilliseconds(100);

    private readonly DeadLetterProducer _producer;
    private readonly DeadLetterContext? _context;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _disposing = new();

    private DeadLetterQueue(string topic, DeadLetterProducer producer, DeadLetterContext? context, TimeProvider time)
    {
        Topic = topic;
        _producer = producer;
        _context = context;
        _time = time;
    }

    /// <summary>The settings of a producer, as Kafka Connect has them; a user's own win.</summary>
    public static IReadOnlyDictionary<string, string> ProducerDefaults { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["acks"] = "all",
        ["enable.idempotence"] = "false",
        ["max.in.flight.requests.per.connection"] = "1",
        ["client.id"] = "connector-dlq-producer",
    };

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>Opens the queue that a connector's configuration names, and creates its topic where it does not exist.</summary>
    /// <param name="config">The connector's configuration.</param>
    /// <param name="task">The task's number.</param>
    /// <param name="worker">What the tasks of the worker share.</param>
    /// <param name="admin">The worker's administrative client; one with <c>admin.override.*</c> is made for the connector.</param>
    /// <param name="redact">Takes secrets out of messages.</param>
    /// <param name="loggers">Makes loggers.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The queue, or null when there is to be none.</returns>
    /// <exception cref="ConfigException">A setting of the clients cannot work.</exception>
    /// <exception cref="ConnectException">The topic does not exist and could not be created.</exception>
    public static async Task<DeadLetterQueue?> OpenAsync(
        ConnectorConfig config, int task, WorkerParts worker, KafkaAdmin admin, Func<string, string> redact,
        ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (config.DeadLetterTopic is not { } topic)
            return null;
        var settings = ClientSettings.Translate(
            ClientRole.Producer, ProducerDefaults, worker.Options.Client, worker.Options.Producer, config.ProducerOverrides);
        if (config.AdminOverrides.Count == 0)
        {
            await DeadLetterTopic.EnsureAsync(admin, topic, config.DeadLetterReplicationFactor, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var options = worker.Options with { Admin = worker.Options.Admin.Overlay(config.AdminOverrides) };
            using var own = new KafkaAdmin(options, worker.Time, loggers.CreateLogger<KafkaAdmin>());
            await DeadLetterTopic.EnsureAsync(own, topic, config.DeadLetterReplicationFactor, cancellationToken).ConfigureAwait(false);
        }

        return new DeadLetterQueue(
            topic,
            worker.DeadLetters.Rent(settings.Settings),
            config.DeadLetterContextHeaders ? new DeadLetterContext(config.Name, task, redact) : null,
            worker.Time);
    }

    /// <summary>Copies a record as it was read, and says with it what failed.</summary>
    public Message<byte[]?, byte[]?> Write(in RecordEntry record, TopicPartition partition, in RecordError error)
    {
        var message = DeadLetter.Copy(record);
        _context?.AddTo(message.Headers, partition, record.Offset, error);
        return message;
    }

    /// <summary>Completes when the topic has the record.</summary>
    /// <exception cref="ConnectException">The topic does not take it.</exception>
    /// <exception cref="OperationCanceledException">The queue was closed before.</exception>
    public async Task SendAsync(Message<byte[]?, byte[]?> message)
    {
        while (true)
        {
            try
            {
                await _producer.Client.ProduceAsync(Topic, message).WaitAsync(_disposing.Token).ConfigureAwait(false);
                return;
            }
            catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                await Task.Delay(s_fullDelay, _time, _disposing.Token).ConfigureAwait(false);
            }
            catch (KafkaException e)
            {
                // The exception itself holds the record.
                throw new ConnectException($"{e.Error.Reason} ({e.Error.Code}).{Advice(e.Error.Code)}") { Cause = ErrorCause.Kafka };
            }
        }
    }

    /// <summary>Waits for nothing: what is under way may or may not reach the topic.</summary>
    public void Dispose()
    {
        _disposing.Cancel();
        _producer.Return();
    }

    private static string Advice(ErrorCode error) => error switch
    {
        ErrorCode.MsgSizeTooLarge => " Raise producer.override.max.request.size, and max.message.bytes of the topic.",
        ErrorCode.TopicAuthorizationFailed => " Grant the dead letter producer Describe and Write on the topic.",
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition => " Create the topic.",
        _ => "",
    };
}
