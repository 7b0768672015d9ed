using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using Confluent.Kafka;
using Exports.Kafka.Client;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>Creates and grows topics, which the mock cannot by request.</summary>
internal sealed class AdminFront : BrokerFront
{
    private const short Versions = 18;
    private const short CreateTopics = 19;
    private const short CreatePartitions = 37;
    private const short LastCreateTopics = 4;

    private readonly ConcurrentQueue<string> _created = new();
    private readonly EmbeddedKafka _kafka;

    public AdminFront(EmbeddedKafka kafka)
        : base(kafka.BootstrapServers)
    {
        _kafka = kafka;
        kafka.SetController(1);
    }

    /// <summary>What was asked for: name, partitions, replicas and configuration.</summary>
    public IReadOnlyCollection<string> Created => _created;

    /// <summary>What to answer instead of creating anything.</summary>
    public ErrorCode Error { get; set; }

    protected override async Task<byte[]> AnswerAsync(short api, byte[] request, NetworkStream far)
    {
        switch (api)
        {
            case Versions:
                var answer = await AskAsync(far, request);
                byte[] longer = [.. answer.AsSpan(0, 10), .. Big(CreateTopics), .. Big((short)0), .. Big(LastCreateTopics),
                    .. Big(CreatePartitions), .. Big((short)0), .. Big((short)0), .. answer.AsSpan(10)];
                BinaryPrimitives.WriteInt32BigEndian(longer.AsSpan(6), BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(6)) + 2);
                return longer;
            case CreateTopics:
                return Create(request);
            case CreatePartitions:
                return Grow(request);
            default:
                return await AskAsync(far, request);
        }
    }

    private byte[] Create(byte[] request)
    {
        var reader = new FrameReader(request, isFlexible: false);
        Assert.Equal(1, reader.Count());
        var name = reader.Text()!;
        var partitions = reader.Int();
        var replicas = reader.Short();
        Assert.Equal(0, reader.Count());
        var configs = new List<string>();
        for (var left = reader.Count(); left > 0; left--)
            configs.Add($"{reader.Text()}={reader.Text()}");
        _created.Enqueue($"{name} {partitions} {replicas} {string.Join(',', configs)}");
        var error = Error;
        try
        {
            if (error == ErrorCode.NoError)
                _kafka.CreateTopic(name, partitions < 0 ? 2 : partitions);
        }
        catch (InvalidOperationException)
        {
            error = ErrorCode.TopicAlreadyExists;
        }

        return Answer(request, name, error);
    }

    private byte[] Grow(byte[] request)
    {
        var reader = new FrameReader(request, isFlexible: false);
        Assert.Equal(1, reader.Count());
        var name = reader.Text()!;
        var partitions = reader.Int();
        _created.Enqueue($"{name} grows to {partitions}");
        // The topic is empty.
        _kafka.DeleteTopic(name);
        _kafka.CreateTopic(name, partitions);
        return Answer(request, name, ErrorCode.NoError);
    }

    private static byte[] Answer(byte[] request, string name, ErrorCode error)
        => [.. request.AsSpan(4, 4), .. Big(0), .. Big(1), .. String(name), .. Big((short)error), .. String("because")];
}
