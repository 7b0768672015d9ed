using Confluent.Kafka;
using Exports.Kafka.Client;

namespace Exports.Pipeline.Tests;

/// <summary>Reads a dead letter topic from its beginning.</summary>
internal sealed class DeadLetterReader : IDisposable
{
    private readonly IConsumer<byte[]?, byte[]?> _consumer;

    public DeadLetterReader(EmbeddedKafka kafka, string topic)
    {
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(
            new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = "reader", EnablePartitionEof = true }).Build();
        _consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
    }

    /// <summary>The next records, that many; fails when they do not come.</summary>
    public List<Message<byte[]?, byte[]?>> Read(int count)
    {
        var messages = new List<Message<byte[]?, byte[]?>>();
        var deadline = Environment.TickCount64 + 30_000;
        while (messages.Count < count)
        {
            if (_consumer.Consume(100) is { IsPartitionEOF: false } result)
                messages.Add(result.Message);
            else
                Assert.True(Environment.TickCount64 < deadline, $"{messages.Count} of {count} dead letters came.");
        }

        return messages;
    }

    /// <summary>Whether there is nothing behind what has been read.</summary>
    public bool IsAtEnd()
    {
        while (true)
        {
            if (_consumer.Consume(30_000) is { } result)
                return result.IsPartitionEOF;
        }
    }

    public void Dispose()
    {
        _consumer.Close();
        _consumer.Dispose();
    }
}
