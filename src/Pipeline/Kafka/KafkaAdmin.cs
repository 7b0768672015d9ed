using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Microsoft.Extensions.Logging;
using TopicPartition = Exports.Connectors.Sdk.TopicPartition;

namespace Exports.Pipeline;

/// <summary>
/// The worker's administrative client, shared by all that asks Kafka about topics and offsets. It connects at the first
/// question. Thread-safe.
/// </summary>
public sealed partial class KafkaAdmin : IDisposable
{
    // The client's own time limit ends a question first, and tells why; this one is for questions that it loses.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    // librdkafka 2.15.1 aborts the process when a question to a group coordinator has run out of time while none was known,
    // and one becomes known later (confluentinc/librdkafka#4605). So such questions are given the longest time that it
    // allows; whoever asks waits no longer than he would; and a client is replaced long before one of them runs out.
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_renewal = TimeSpan.FromMinutes(30);

    private const string Features = "feature";

    // Part of "ApiKey OffsetDeleteRequest (47) Versions 0..0".
    private const string OffsetDelete = " (47) Versions ";

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TranslatedSettings _settings;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _underWay = new(StringComparer.Ordinal);
    private readonly List<IAdminClient> _retired = [];
    private IAdminClient? _client;
    private int _blockingCalls;
    private bool _removesGroupOffsets;
    private bool _isDisposed;

    /// <summary>Translates the settings (<see cref="PipelineOptions.Client"/>, then <see cref="PipelineOptions.Admin"/>).</summary>
    /// <exception cref="ConfigException">A setting cannot work.</exception>
    public KafkaAdmin(PipelineOptions options, TimeProvider time, ILogger<KafkaAdmin> logger)
    {
        _time = time;
        _logger = logger;
        RequestTimeout = options.RequestTimeout;
        _settings = ClientSettings.Translate(ClientRole.Admin, options.Client, options.Admin);
    }

    /// <summary>
    /// Whether a broker has said that it can remove offsets of groups. librdkafka 2.15.1 aborts the process when it asks one for that
    /// which cannot, so nobody may ask before this is true. It is known once any question about the group has been answered.
    /// </summary>
    public bool RemovesGroupOffsets => Volatile.Read(ref _removesGroupOffsets);

    /// <summary>The time limit of a question.</summary>
    public TimeSpan RequestTimeout { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        IAdminClient? client;
        lock (_lock)
        {
            _isDisposed = true;
            client = _client;
            _client = null;
        }

        if (client is not null)
            Retire(client);
    }

    /// <summary>The cluster's metadata, which is read by a call that blocks.</summary>
    /// <exception cref="RetriableException">Kafka did not answer in time, or not at present.</exception>
    /// <exception cref="ConnectException">Kafka refuses.</exception>
    internal Task<Metadata> GetMetadataAsync(string what, CancellationToken cancellationToken)
        => AskAsync(
            what,
            client => Task.Factory.StartNew(
                () => GetMetadata(client), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            cancellationToken);

    /// <summary>Asks Kafka something.</summary>
    /// <param name="what">What is being asked, for messages: <c>the topics</c>.</param>
    /// <param name="ask">Asks; must set <see cref="RequestTimeout"/> as the question's own limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RetriableException">Kafka did not answer in time, or not at present.</exception>
    /// <exception cref="ConnectException">Kafka refuses.</exception>
    internal async Task<T> AskAsync<T>(string what, Func<IAdminClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(Client()).WaitAsync(RequestTimeout + s_patience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new RetriableException($"Kafka did not answer in {RequestTimeout.TotalSeconds:0.#} s when asked for {what}.", e) { Cause = ErrorCause.Kafka };
        }
        catch (KafkaException e)
        {
            throw Explain(what, e.Error, e);
        }
    }

    /// <summary>Looks up one offset in each of some partitions, such as the end. A partition of which Kafka does not tell is left out.</summary>
    /// <exception cref="RetriableException">Kafka did not answer in time.</exception>
    /// <exception cref="ConnectException">Kafka refuses.</exception>
    internal async Task<Dictionary<TopicPartition, long>> ListOffsetsAsync(
        IReadOnlyCollection<TopicPartition> partitions, OffsetSpec which, CancellationToken cancellationToken)
    {
        var found = new Dictionary<TopicPartition, long>(partitions.Count);
        IEnumerable<ListOffsetsResultInfo> answers;
        try
        {
            answers = (await AskOffsetsAsync(
                "offsets of partitions", partitions, which, IsolationLevel.ReadUncommitted, cancellationToken).ConfigureAwait(false)).ResultInfos;
        }
        catch (ConnectException e) when (e.InnerException is ListOffsetsException partial)
        {
            answers = partial.Result.ResultInfos;
        }

        foreach (var answer in answers.Select(info => info.TopicPartitionOffsetError))
        {
            if (!answer.Error.IsError)
                found[new TopicPartition(answer.Topic, answer.Partition.Value)] = answer.Offset.Value;
        }

        return found;
    }

    /// <summary>Asks for one offset in each of some partitions.</summary>
    /// <inheritdoc cref="AskAsync"/>
    internal Task<ListOffsetsResult> AskOffsetsAsync(
        string what, IEnumerable<TopicPartition> partitions, OffsetSpec which, IsolationLevel isolation, CancellationToken cancellationToken)
        => AskAsync(
            what,
            client => client.ListOffsetsAsync(
                partitions.Select(partition => new TopicPartitionOffsetSpec
                {
                    TopicPartition = new(partition.Topic, partition.Partition),
                    OffsetSpec = which,
                }),
                new ListOffsetsOptions { RequestTimeout = RequestTimeout, IsolationLevel = isolation }),
            cancellationToken);

    /// <summary>
    /// Asks a group's coordinator something. There is one question about a group at a time: one that is not answered in time
    /// goes on, and the next waits for it, so that nothing piles up during an outage, and writes keep their order.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="what">What is being asked, for messages.</param>
    /// <param name="ask">Asks, with the time limit that it is given.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RetriableException">Kafka did not answer in time, or not at present.</exception>
    /// <exception cref="ConnectException">Kafka refuses.</exception>
    internal async Task<T> AskCoordinatorAsync<T>(
        string group, string what, Func<IAdminClient, TimeSpan, Task<T>> ask, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        try
        {
            while (true)
            {
                if (Begin(group, ask, out var question) is not { } other)
                    return await question!.WaitAsync(Rest(begun), _time, cancellationToken).ConfigureAwait(false);
                await Task.WhenAny(other).WaitAsync(Rest(begun), _time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (TimeoutException e)
        {
            throw new RetriableException($"Kafka did not answer in {RequestTimeout.TotalSeconds:0.#} s when asked for {what}.", e) { Cause = ErrorCause.Kafka };
        }
        catch (KafkaException e)
        {
            throw Explain(what, e.Error, e);
        }
    }

    /// <summary>The exception for an error that came with an answer.</summary>
    internal static ConnectException Explain(string what, Error error, Exception? cause = null)
    {
        var message = $"Kafka did not tell {what}: {error.Reason} ({error.Code})";
        return IsOfMembers(error.Code) ? new GroupActiveException(message, cause)
            : IsTransient(error.Code) ? new RetriableException(message, cause) { Cause = ErrorCause.Kafka }
            : new ConnectException(message, cause) { Cause = ErrorCause.Kafka };
    }

    // The group has members: another consumer, or Kafka Connect itself, still runs under its name.
    private static bool IsOfMembers(ErrorCode error) => error is
        ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress
        or ErrorCode.NonEmptyGroup or ErrorCode.GroupSubscribedToTopic or ErrorCode.StaleMemberEpoch
        or ErrorCode.FencedMemberEpoch;

    private static bool IsTransient(ErrorCode error) => error is
        ErrorCode.Local_TimedOut or ErrorCode.Local_TimedOutQueue or ErrorCode.Local_Transport
        or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Resolve or ErrorCode.Local_WaitCoord
        or ErrorCode.Local_WaitCache or ErrorCode.Local_Retry or ErrorCode.Local_Authentication or ErrorCode.Local_Ssl
        or ErrorCode.RequestTimedOut or ErrorCode.NetworkException or ErrorCode.LeaderNotAvailable
        or ErrorCode.NotLeaderForPartition or ErrorCode.BrokerNotAvailable or ErrorCode.ReplicaNotAvailable
        or ErrorCode.GroupLoadInProgress or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.NotCoordinatorForGroup
        or ErrorCode.UnstableOffsetCommit or ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownPartition
        or ErrorCode.Local_UnknownTopic;

    private TimeSpan Rest(long begun)
        => RequestTimeout - _time.GetElapsedTime(begun) is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero;

    /// <summary>Begins a question, or returns the one about the group that is under way.</summary>
    private Task? Begin<T>(string group, Func<IAdminClient, TimeSpan, Task<T>> ask, out Task<T>? question)
    {
        lock (_lock)
        {
            if (_underWay.TryGetValue(group, out var other) && !other.IsCompleted)
            {
                question = null;
                return other;
            }

            var client = Client();
            question = ask(client, s_longest);
            _underWay[group] = question;
            _ = EndAsync(group, question, client);
            return null;
        }
    }

    private async Task EndAsync(string group, Task question, IAdminClient client)
    {
        try
        {
            await question.WaitAsync(s_renewal, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Renew(client);
        }
        catch (KafkaException)
        {
            // For whoever asked, if he still waits.
        }

        lock (_lock)
        {
            if (_underWay.TryGetValue(group, out var current) && current == question)
                _underWay.Remove(group);
        }
    }

    private void Renew(IAdminClient client)
    {
        lock (_lock)
        {
            if (_client != client)
                return;
            _client = null;
            _underWay.Clear();
        }

        Retire(client);
    }

    private Metadata GetMetadata(IAdminClient client)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _blockingCalls++;
        }

        try
        {
            return client.GetMetadata(RequestTimeout);
        }
        finally
        {
            IAdminClient[] retired = [];
            lock (_lock)
            {
                if (--_blockingCalls == 0)
                {
                    retired = [.. _retired];
                    _retired.Clear();
                }
            }

            foreach (var other in retired)
                other.Dispose();
        }
    }

    /// <summary>Disposes of a client once no thread is inside of it: librdkafka does not survive being destroyed under a call.</summary>
    private void Retire(IAdminClient client)
    {
        lock (_lock)
        {
            if (_blockingCalls > 0)
            {
                _retired.Add(client);
                return;
            }
        }

        client.Dispose();
    }

    private IAdminClient Client()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _client ??= new AdminClientBuilder(WithFeatures(_settings.Settings))
                .SetLogHandler((_, message) => OnLog(message))
                .SetErrorHandler((_, error) => Log.Librdkafka(_logger, error.Code.ToString(), error.Reason))
                .Build();
        }
    }

    /// <summary>The settings, and that the client says what each broker can do: it has no other way to tell.</summary>
    private static Dictionary<string, string> WithFeatures(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var result = new Dictionary<string, string>(settings, StringComparer.Ordinal)
        {
            // Asking for a topic must not create it.
            ["allow.auto.create.topics"] = "false",
        };
        result["debug"] = result.TryGetValue("debug", out var debug) ? $"{debug},{Features}" : Features;
        return result;
    }

    private void OnLog(LogMessage message)
    {
        if (message.Facility is "APIVERSION" or "FEATURE")
        {
            if (message.Message.Contains(OffsetDelete, StringComparison.Ordinal))
                Volatile.Write(ref _removesGroupOffsets, true);
            return;
        }

        Log.Librdkafka(_logger, message.Facility, message.Message);
    }

    private static partial class Log
    {
        // Whoever asks gets the error, and says so.
        [LoggerMessage(1, LogLevel.Debug, "Administrative Kafka client: {Facility}: {Text}")]
        public static partial void Librdkafka(ILogger logger, string facility, string text);
    }
}
