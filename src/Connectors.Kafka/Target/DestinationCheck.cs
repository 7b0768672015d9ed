using System.Diagnostics;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Connectors.Kafka;

/// <summary>Asks the target whether a task could write there. Writes nothing, creates nothing, and fences nobody.</summary>
internal static class DestinationCheck
{
    private const int StepMilliseconds = 500;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    /// <summary>Asks. Takes 10 seconds at the most.</summary>
    /// <returns>Key and message of each error.</returns>
    public static async Task<IReadOnlyList<(string Key, string Message)>> RunAsync(
        IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
    {
        try
        {
            var parsed = KafkaSinkConfig.Parse(config, "connector-check");
            return await Task.Factory.StartNew(
                () => Run(parsed, TopicsOf(parsed, config), cancellationToken), CancellationToken.None,
                TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (ConfigException e)
        {
            return [(KafkaSinkConfig.BootstrapServers, e.Message)];
        }
    }

    /// <summary>The topics that are known by the configuration, and the key that each comes from.</summary>
    private static (string Key, string Topic)[] TopicsOf(KafkaSinkConfig parsed, IReadOnlyDictionary<string, string> config)
    {
        if (parsed.FixedTopic is { } topic)
            return [(KafkaSinkConfig.Topic, topic)];
        // A pattern says nothing about names, and transforms may change them.
        if (!config.TryGetValue("topics", out var topics) || config.ContainsKey("transforms"))
            return [];
        var key = parsed.Prefixed.Length > 0 ? KafkaSinkConfig.TopicPrefix : KafkaSinkConfig.Topic;
        return
        [
            .. topics.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Distinct(StringComparer.Ordinal).Select(name => (key, parsed.TopicFor(name))),
        ];
    }

    private static List<(string Key, string Message)> Run(
        KafkaSinkConfig config, (string Key, string Topic)[] topics, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>(config.TrySettings, StringComparer.Ordinal)
        {
            ["allow.auto.create.topics"] = "false",
        };
        TransactionalProducer client;
        try
        {
            client = new TransactionalProducer(settings, _ => { });
        }
        catch (ArgumentException e)
        {
            return [(KafkaSinkConfig.BootstrapServers, e.Message)];
        }

        using (client)
        {
            var errors = new List<(string, string)>();
            var time = Stopwatch.StartNew();
            if (Reach(client, time, cancellationToken) is { } error)
                return [error];
            foreach (var (key, topic) in topics)
            {
                if (CheckTopic(client, config, topic, time, cancellationToken) is { } message)
                    errors.Add((key, message));
            }

            return errors;
        }
    }

    private static (string Key, string Message)? Reach(
        TransactionalProducer client, Stopwatch time, CancellationToken cancellationToken)
    {
        while (!client.Native.IsReachable(StepMilliseconds))
        {
            client.Poll(0);
            if (client.RefusedLogin is { } refused)
                return ($"{KafkaSinkConfig.Prefix}sasl.jaas.config", $"The target cluster refuses the login: {refused}");
            if (time.Elapsed > s_limit || cancellationToken.IsCancellationRequested)
            {
                return (
                    KafkaSinkConfig.BootstrapServers,
                    $"No broker of the target cluster answered within {time.Elapsed.TotalSeconds:0} s."
                    + (client.LastError is { } last ? $" The client's last error: {last}" : ""));
            }
        }

        return null;
    }

    private static string? CheckTopic(
        TransactionalProducer client, KafkaSinkConfig config, string topic, Stopwatch time, CancellationToken cancellationToken)
    {
        ErrorCode error;
        do
        {
            error = client.Native.AskPartitionCount(client.Native.Topic(topic), StepMilliseconds, out _);
        }
        while (error is ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.LeaderNotAvailable
            && time.Elapsed < s_limit && !cancellationToken.IsCancellationRequested);

        return error switch
        {
            ErrorCode.NoError => null,
            ErrorCode.UnknownTopicOrPart when config.Creation is not null => null,
            ErrorCode.UnknownTopicOrPart
                => $"The target cluster has no topic '{topic}'. Create it there, or set {KafkaSinkConfig.CreationEnable}=true.",
            ErrorCode.TopicAuthorizationFailed
                => $"The target cluster does not let this client see the topic '{topic}'. Grant it Describe and Write on Topic.",
            _ => $"The target cluster did not tell whether it has the topic '{topic}': {NativeProducer.Describe(error)}",
        };
    }
}
