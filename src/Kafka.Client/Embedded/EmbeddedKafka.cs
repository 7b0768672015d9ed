using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Exports.Kafka.Client;

/// <summary>
/// A small Kafka cluster in this process, for demos and tests: librdkafka's mock cluster, which speaks the real protocol on
/// 127.0.0.1, so that other processes can connect to it as well. Thread-safe.
/// </summary>
/// <remarks>
/// What it does not do: it keeps at most 5 MiB or 100,000 message sets of a partition and drops the oldest; a fetch returns
/// one message set of a partition, and an empty one waits for the whole <c>fetch.max.wait.ms</c> even if data arrives;
/// most administrative requests are never answered; offsets by time are always the end; of transactions it answers the
/// requests, and neither fences producers, nor commits offsets, nor hides what was aborted; <c>DeleteGroups</c> aborts the
/// process. State is lost with the process.
/// </remarks>
public sealed unsafe class EmbeddedKafka : IDisposable
{
    private readonly Lock _lock = new();
    private readonly int _brokers;
    private nint _client;
    private nint _cluster;

    private EmbeddedKafka(int brokers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(brokers, 1);
        LibrdkafkaLoader.Load();
        _brokers = brokers;
        var error = stackalloc byte[512];
        var conf = MockClusterApi.rd_kafka_conf_new();
        // The cluster's owner is itself a client without brokers; it has nothing to say.
        if (MockClusterApi.rd_kafka_conf_set(conf, "log_level", "0", error, 512) != 0
            || (_client = MockClusterApi.rd_kafka_new(0, conf, error, 512)) == 0)
        {
            MockClusterApi.rd_kafka_conf_destroy(conf);
            throw new InvalidOperationException($"The embedded Kafka did not start: {Marshal.PtrToStringUTF8((nint)error)}");
        }

        // The cluster's thread ends, and the cluster with it, when a signal interrupts its poll, as SIGCONT does.
        _cluster = UnixSignals.BlockedWhile(() => MockClusterApi.rd_kafka_mock_cluster_new(_client, brokers));
        if (_cluster == 0)
        {
            MockClusterApi.rd_kafka_destroy(_client);
            throw new InvalidOperationException("The embedded Kafka did not start: no port of 127.0.0.1 could be opened.");
        }

        BootstrapServers = Marshal.PtrToStringUTF8(MockClusterApi.rd_kafka_mock_cluster_bootstraps(_cluster))!;
    }

    /// <summary>The brokers' addresses, as <c>bootstrap.servers</c> takes them.</summary>
    public string BootstrapServers { get; }

    /// <summary>Starts a cluster. Brokers are numbered from 1.</summary>
    /// <param name="brokers">How many brokers; at least 1.</param>
    /// <param name="topics">The topics to create at once.</param>
    /// <exception cref="DllNotFoundException">librdkafka is not there.</exception>
    public static EmbeddedKafka Start(int brokers = 1, params ReadOnlySpan<(string Topic, int Partitions)> topics)
    {
        var kafka = new EmbeddedKafka(brokers);
        try
        {
            foreach (var (topic, partitions) in topics)
                kafka.CreateTopic(topic, partitions);
            return kafka;
        }
        catch
        {
            kafka.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Creates a topic with one replica. (A topic that a client asks for by name is created by itself, with 4 partitions.)
    /// </summary>
    /// <exception cref="InvalidOperationException">The topic is there already.</exception>
    public void CreateTopic(string topic, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        Order(cluster => MockClusterApi.rd_kafka_mock_topic_create(cluster, topic, partitions, 1), $"create the topic '{topic}'");
    }

    /// <summary>Deletes a topic with all its records.</summary>
    public void DeleteTopic(string topic)
        => Order(cluster => MockClusterApi.rd_kafka_mock_topic_delete(cluster, topic), $"delete the topic '{topic}'");

    /// <summary>Makes every request about a topic fail with an error; <see cref="ErrorCode.NoError"/> ends it.</summary>
    public void SetTopicError(string topic, ErrorCode error)
        => Order(
            cluster =>
            {
                MockClusterApi.rd_kafka_mock_topic_set_error(cluster, topic, (int)error);
                return 0;
            },
            $"set the error of the topic '{topic}'");

    /// <summary>Deletes the records of a partition that lie before an offset, as retention does.</summary>
    public void DeleteRecords(string topic, int partition, long beforeOffset)
        => Order(
            cluster => MockClusterApi.rd_kafka_mock_partition_delete_records(cluster, topic, partition, beforeOffset),
            $"delete records of {topic}-{partition}");

    /// <summary>Moves a partition to a broker.</summary>
    public void SetLeader(string topic, int partition, int broker)
        => Order(
            cluster => MockClusterApi.rd_kafka_mock_partition_set_leader(cluster, topic, partition, broker),
            $"move {topic}-{partition} to broker {broker}");

    /// <summary>
    /// Makes a broker the controller, which administrative requests go to. By default there is none. (It does not answer
    /// them any more than others do.)
    /// </summary>
    public void SetController(int broker)
    {
        lock (_lock)
            MockClusterApi.rd_kafka_mock_set_controller_id(Cluster, broker);
    }

    /// <summary>Takes a broker down: its connections break, and new ones are refused.</summary>
    public void SetBrokerDown(int broker)
        => Order(cluster => MockClusterApi.rd_kafka_mock_broker_set_down(cluster, broker), $"take broker {broker} down");

    /// <summary>Brings a broker up again, at the same address and with its records.</summary>
    public void SetBrokerUp(int broker)
        => Order(cluster => MockClusterApi.rd_kafka_mock_broker_set_up(cluster, broker), $"bring broker {broker} up");

    /// <summary>Takes all brokers down.</summary>
    public void SetDown()
    {
        for (var broker = 1; broker <= _brokers; broker++)
            SetBrokerDown(broker);
    }

    /// <summary>Brings all brokers up again.</summary>
    public void SetUp()
    {
        for (var broker = 1; broker <= _brokers; broker++)
            SetBrokerUp(broker);
    }

    /// <summary>Delays every answer of a broker.</summary>
    public void SetLatency(int broker, TimeSpan latency)
        => Order(
            cluster => MockClusterApi.rd_kafka_mock_broker_set_rtt(cluster, broker, (int)latency.TotalMilliseconds),
            $"set the latency of broker {broker}");

    /// <summary>Answers the next requests of a kind with these errors, one each, in order.</summary>
    /// <param name="api">The kind, by its number in the Kafka protocol: 0 Produce, 1 Fetch, 2 ListOffsets, 3 Metadata, …</param>
    /// <param name="errors">The errors; <see cref="ErrorCode.Local_Transport"/> breaks the connection.</param>
    public void InjectErrors(short api, params ReadOnlySpan<ErrorCode> errors)
    {
        fixed (ErrorCode* first = errors)
        {
            lock (_lock)
                MockClusterApi.rd_kafka_mock_push_request_errors_array(Cluster, api, (nuint)errors.Length, (int*)first);
        }
    }

    /// <summary>Forgets the errors injected for a kind of requests.</summary>
    public void ClearErrors(short api)
    {
        lock (_lock)
            MockClusterApi.rd_kafka_mock_clear_request_errors(Cluster, api);
    }

    /// <summary>Stops the cluster. All its records are gone.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_cluster == 0)
                return;
            MockClusterApi.rd_kafka_mock_cluster_destroy(_cluster);
            MockClusterApi.rd_kafka_destroy(_client);
            _cluster = _client = 0;
        }
    }

    private nint Cluster => _cluster != 0 ? _cluster : throw new ObjectDisposedException(nameof(EmbeddedKafka));

    /// <summary>
    /// Has the cluster's thread do something, and waits for it. An order that follows on the heels of another can find the
    /// thread on its way to sleep, which it then does for up to a second; hence the moment of rest.
    /// </summary>
    private void Order(Func<nint, int> order, string what)
    {
        int error;
        lock (_lock)
        {
            error = order(Cluster);
            Thread.Sleep(1);
        }

        if (error != 0)
            throw new InvalidOperationException(
                $"The embedded Kafka could not {what}: {Marshal.PtrToStringUTF8(MockClusterApi.rd_kafka_err2str(error))}");
    }
}
