using Confluent.Kafka;
using Exports.Kafka.Client;
using Exports.SystemTests.Records;

namespace Exports.SystemTests.Streams;

/// <summary>
/// Numbered records that have keys: number n has key n % 1000, and all records of a key lie in one partition, in the order of
/// their numbers. They are written ahead of what is read, so their number is bounded by the 5 MiB that the embedded Kafka keeps of a
/// partition.
/// </summary>
/// <param name="partitions">The topic's partitions.</param>
/// <param name="size">Bytes of a value; at least those of a numbered record.</param>
internal sealed class KeyedRecords(int partitions, int size = NumberedRecords.Size)
{
    private const int Keys = 1000;

    public int Partitions => partitions;

    /// <summary>Writes the numbers from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    public void Produce(string bootstrapServers, string topic, long first, long end)
    {
        LibrdkafkaLoader.Load();
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = true,
            LingerMs = 5,
            QueueBufferingMaxMessages = 1_000_000,
            QueueBufferingMaxKbytes = 1_000_000,
        }).Build();
        Error? refused = null;
        for (var number = first; number < end; number++)
        {
            var value = new byte[size];
            NumberedRecords.Make(number).CopyTo(value, 0);
            producer.Produce(
                new TopicPartition(topic, (int)(number % Keys % partitions)),
                new Message<string, byte[]> { Key = KeyOf(number), Value = value },
                report => refused ??= report.Error.IsError ? report.Error : null);
        }

        producer.Flush(Timeout.InfiniteTimeSpan);
        if (refused is not null)
            throw new KafkaException(refused);
    }

    /// <summary>Reads a record back; false when it is not one, whole and unchanged, under its own key.</summary>
    public bool TryRead(string key, ReadOnlySpan<byte> data, out long number)
    {
        number = 0;
        return data.Length == size && NumberedRecords.TryRead(data[..NumberedRecords.Size], out number, out _)
            && !data[NumberedRecords.Size..].ContainsAnyExcept((byte)0) && KeyOf(number) == key;
    }

    private static string KeyOf(long number) => $"viewer-{number % Keys:D4}";
}
