using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using Confluent.Kafka;
using Exports.Connectors.Kafka.Tests;
using Exports.Kafka.Client;

namespace Exports.Pipeline.Tests;

/// <summary>Takes requests to remove offsets of groups, which the mock cannot. It removes nothing, and keeps what it was asked.</summary>
internal sealed class GroupFront(EmbeddedKafka kafka) : BrokerFront(kafka.BootstrapServers)
{
    private const short Versions = 18;
    private const short OffsetDelete = 47;

    private readonly ConcurrentQueue<string> _removed = new();

    /// <summary>What was to be removed: group, topic and partition.</summary>
    public IReadOnlyCollection<string> Removed => _removed;

    /// <summary>What to answer about the group.</summary>
    public ErrorCode Error { get; set; }

    /// <summary>What to answer about each partition.</summary>
    public ErrorCode PartitionError { get; set; }

    protected override async Task<byte[]> AnswerAsync(short api, byte[] request, NetworkStream far)
    {
        switch (api)
        {
            case Versions:
                var answer = await AskAsync(far, request);
                byte[] longer = [.. answer.AsSpan(0, 10), .. Big(OffsetDelete), .. Big((short)0), .. Big((short)0), .. answer.AsSpan(10)];
                BinaryPrimitives.WriteInt32BigEndian(longer.AsSpan(6), BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(6)) + 1);
                return longer;
            case OffsetDelete:
                return Remove(request);
            default:
                return await AskAsync(far, request);
        }
    }

    private byte[] Remove(byte[] request)
    {
        var reader = new FrameReader(request, isFlexible: false);
        var group = reader.Text();
        var topics = new List<byte>();
        var count = Error == ErrorCode.NoError ? reader.Count() : 0;
        topics.AddRange(Big(count));
        for (var left = count; left > 0; left--)
        {
            var topic = reader.Text()!;
            var partitions = reader.Count();
            topics.AddRange([.. String(topic), .. Big(partitions)]);
            for (; partitions > 0; partitions--)
            {
                var partition = reader.Int();
                _removed.Enqueue($"{group} {topic}-{partition}");
                topics.AddRange([.. Big(partition), .. Big((short)PartitionError)]);
            }
        }

        return [.. request.AsSpan(4, 4), .. Big((short)Error), .. Big(0), .. topics];
    }
}
