using System.Text;
using Confluent.Kafka;
using Exports.Kafka.Client;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>A record as it was found on the target.</summary>
internal sealed record Found(
    int Partition, long Offset, string? Key, string? Value, long Timestamp, IReadOnlyList<(string Name, string? Value)> Headers);

/// <summary>Reads what arrived.</summary>
internal static unsafe class Target
{
    /// <summary>Reads a topic from its beginning until a number of records are there; fails when they are not in 30 s.</summary>
    public static List<Found> Read(EmbeddedKafka kafka, string topic, int partitions, int count)
        => Read(kafka, topic, partitions, found => found.Count >= count);

    /// <summary>Reads a topic from its beginning until what was found is enough; fails when it is not in 30 s.</summary>
    public static List<Found> Read(EmbeddedKafka kafka, string topic, int partitions, Func<List<Found>, bool> isEnough)
    {
        var found = new List<Found>();
        Read(kafka, topic, partitions, found, isEnough);
        Assert.True(isEnough(found), $"Only {found.Count} records arrived.");
        return found;
    }

    /// <summary>What arrived in a partition, as the values of the records in order.</summary>
    public static long[] Offsets(IEnumerable<Found> found, int partition)
        => [.. found.Where(f => f.Partition == partition).OrderBy(f => f.Offset).Select(f => long.Parse(f.Value!))];

    private static void Read(
        EmbeddedKafka kafka, string topic, int partitions, List<Found> found, Func<List<Found>, bool> isEnough)
    {
        using var consumer = new NativeConsumer(new Dictionary<string, string>
        {
            ["bootstrap.servers"] = kafka.BootstrapServers,
            ["group.id"] = "test",
            ["fetch.wait.max.ms"] = "10",
        });
        consumer.Assign([.. Enumerable.Range(0, partitions).Select(p => new PartitionOffset(topic, p, 0))]);
        var messages = stackalloc NativeMessage*[1000];
        var deadline = Environment.TickCount64 + 30_000;
        while (!isEnough(found) && Environment.TickCount64 < deadline)
        {
            var taken = consumer.Consume(messages, 1000, 50);
            for (var i = 0; i < taken; i++)
            {
                if (messages[i]->Error == ErrorCode.NoError)
                    found.Add(Read(messages[i]));
                NativeConsumer.Destroy(messages[i]);
            }
        }
    }

    private static Found Read(NativeMessage* message)
    {
        var headers = new List<(string, string?)>();
        var list = NativeConsumer.Headers(message, out var count);
        for (var i = 0; i < count; i++)
        {
            NativeConsumer.GetHeader(list, i, out var name, out var value, out var length);
            headers.Add((Encoding.UTF8.GetString(name), Text(value, length)));
        }

        return new(
            message->Partition, message->Offset, Text(message->Key, message->KeyLength),
            Text(message->Value, message->ValueLength), NativeConsumer.Timestamp(message, out _), headers);
    }

    private static string? Text(byte* start, int length) => start is null ? null : Encoding.UTF8.GetString(start, length);
}
