using Confluent.Kafka;
using Exports.Kafka.Client;

namespace Exports.Silo.Tests.Processes;

/// <summary>Writes numbered records to a topic: <c>partition:number</c>, numbers rising from 0 in each partition.</summary>
internal sealed class TestTopic : IDisposable
{
    private readonly IProducer<Null, string> _producer;
    private readonly int[] _next;

    public TestTopic(EmbeddedKafka kafka, string name, int partitions)
    {
        kafka.CreateTopic(name, partitions);
        Name = name;
        _next = new int[partitions];
        _producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, LingerMs = 1 })
            .SetLogHandler((_, _) => { })
            .Build();
    }

    public string Name { get; }

    /// <summary>How many records were written.</summary>
    public int Count => _next.Sum();

    /// <summary>Writes records, spread evenly, and waits until Kafka has them.</summary>
    public void Write(int records)
    {
        for (var i = 0; i < records; i++)
        {
            var partition = i % _next.Length;
            _producer.Produce(
                new TopicPartition(Name, partition), new Message<Null, string> { Value = $"{partition}:{_next[partition]++}" });
        }

        _producer.Flush(TimeSpan.FromSeconds(30));
    }

    /// <summary>Checks lines against what was written: none missing, and those of a partition in order but for repetitions.</summary>
    /// <returns>How many lines are repetitions.</returns>
    public int AssertComplete(IReadOnlyCollection<string> lines)
    {
        var seen = _next.Select(_ => 0).ToArray();
        var repeated = 0;
        foreach (var line in lines)
        {
            var parts = line.Split(':').Select(int.Parse).ToArray();
            Assert.True(parts[1] <= seen[parts[0]], $"{line} came before {parts[0]}:{seen[parts[0]]}");
            if (parts[1] == seen[parts[0]])
                seen[parts[0]]++;
            else
                repeated++;
        }

        Assert.Equal(_next, seen);
        return repeated;
    }

    public void Dispose() => _producer.Dispose();
}
