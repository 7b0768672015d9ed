using Confluent.Kafka;
using Exports.Kafka.Client;

namespace Exports.Silo.Tests.Processes;

/// <summary>Reads what a topic holds, from its beginning.</summary>
internal sealed class TopicReader : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly IConsumer<Ignore, string> _consumer;

    public TopicReader(EmbeddedKafka kafka, string topic, int partitions)
    {
        _consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = "test",
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
        }).SetLogHandler((_, _) => { }).Build();
        _consumer.Assign(Enumerable.Range(0, partitions).Select(number => new TopicPartitionOffset(topic, number, Offset.Beginning)));
    }

    /// <summary>Reads until as many records with different values were there.</summary>
    public IReadOnlyCollection<string> Read(int different)
    {
        var read = new List<string>();
        var values = new HashSet<string>();
        while (values.Count < different)
        {
            var record = _consumer.Consume(s_patience);
            Assert.True(record is not null, $"Only {values.Count} of {different} records came.");
            read.Add(record.Message.Value);
            values.Add(record.Message.Value);
        }

        return read;
    }

    public void Dispose() => _consumer.Dispose();
}
