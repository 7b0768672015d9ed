using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>
/// Stands in front of a mock broker and does what a transaction coordinator does and the mock does not: a new producer of a
/// transactional id ends the transaction of the one before and fences it, offsets that were sent to a transaction reach
/// their group when it is committed, and what was written in a transaction that was aborted is remembered, because the mock
/// does not hide it from readers (<see cref="Committed"/>).
/// </summary>
internal sealed class TransactionFront(string broker) : BrokerFront(broker)
{
    public const short Produce = 0;
    public const short InitProducerId = 22;
    public const short AddPartitions = 24;
    public const short AddOffsets = 25;
    public const short EndTransaction = 26;
    public const short CommitOffsets = 28;
    private const short OffsetCommit = 8;

    private readonly SemaphoreSlim _coordinator = new(1);
    private readonly Dictionary<string, (long Id, short Epoch)> _producers = [];
    private readonly Dictionary<long, List<(string Group, string Topic, int Partition, long Offset)>> _pending = [];
    private readonly Dictionary<long, List<(string Topic, int Partition, long First, int Count)>> _written = [];
    private readonly HashSet<(string Topic, int Partition, long Offset)> _aborted = [];
    private readonly ConcurrentDictionary<short, int> _counts = new();

    /// <summary>
    /// Asked for each answer, by the number of the request's kind and how many there were of it: true breaks the connection
    /// instead, so that the client does not learn what became of its request.
    /// </summary>
    public Func<short, int, bool>? Withholds { get; set; }

    /// <summary>What readers with <c>isolation.level=read_committed</c> see of what was found in a topic.</summary>
    public List<Found> Committed(string topic, IEnumerable<Found> found)
    {
        _coordinator.Wait();
        try
        {
            return [.. found.Where(record => !_aborted.Contains((topic, record.Partition, record.Offset)))];
        }
        finally
        {
            _coordinator.Release();
        }
    }

    /// <summary>How many requests of a kind were answered or withheld.</summary>
    public int CountOf(short api) => _counts.GetValueOrDefault(api);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _coordinator.Dispose();
    }

    protected override bool IsWithheld(short api)
    {
        var count = _counts.AddOrUpdate(api, 1, (_, count) => count + 1);
        return Withholds?.Invoke(api, count) == true;
    }

    protected override Task<byte[]> AnswerAsync(short api, byte[] request, NetworkStream far)
        => api is Produce or InitProducerId or AddPartitions or AddOffsets or EndTransaction or CommitOffsets
            ? CoordinateAsync(api, request, far)
            : AskAsync(far, request);

    /// <summary>Answers requests about transactions, one after the other.</summary>
    private async Task<byte[]> CoordinateAsync(short api, byte[] request, NetworkStream far)
    {
        await _coordinator.WaitAsync(Stopping);
        try
        {
            var version = BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2));
            var reader = new FrameReader(request, (api, version) is (Produce, >= 9) or (InitProducerId, >= 2) or (CommitOffsets, >= 3));
            var transaction = reader.Text();
            if (transaction is null)
                return await AskAsync(far, request);
            if (api == Produce)
                return await ProduceAsync(request, reader, version, transaction, far);
            if (api == InitProducerId)
                return await InitAsync(request, reader, version, transaction, far);

            var group = api == CommitOffsets ? reader.Text()! : "";
            var id = reader.Long();
            var fenced = Fence(request, reader, transaction, id);
            var answer = await AskAsync(far, request);
            if (fenced)
                return answer;
            if (api == CommitOffsets)
                Keep(id, group, reader, version);
            if (api == EndTransaction && BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(8)) == 0)
            {
                reader.Short();
                _pending.Remove(id, out var offsets);
                if (reader.Byte() != 0)
                {
                    _written.Remove(id);
                    await CommitAsync(offsets ?? [], far);
                }
                else
                {
                    Abort(id);
                }
            }

            return answer;
        }
        finally
        {
            _coordinator.Release();
        }
    }

    private async Task<byte[]> InitAsync(byte[] request, FrameReader reader, short version, string transaction, NetworkStream far)
    {
        reader.Int();
        if (_producers.TryGetValue(transaction, out var before))
        {
            var isRenewal = version >= 3 && reader.Long() is >= 0 and var id && !Fence(request, reader, transaction, id);
            if (!isRenewal)
            {
                _pending.Remove(before.Id);
                Abort(before.Id);
                await AskAsync(far, [
                    .. Head(EndTransaction, 0), .. String(transaction), .. Big(before.Id), .. Big(before.Epoch), 0]);
            }
        }

        var answer = await AskAsync(far, request);
        var at = version >= 2 ? 9 : 8;
        if (BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(at)) == 0)
        {
            _producers[transaction] = (
                BinaryPrimitives.ReadInt64BigEndian(answer.AsSpan(at + 2)), BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(at + 10)));
        }

        return answer;
    }

    /// <summary>Makes a request of a producer that has been replaced one that the mock refuses: with an epoch that never was.</summary>
    private bool Fence(byte[] request, FrameReader reader, string transaction, long id)
    {
        if (_producers.TryGetValue(transaction, out var current) && current.Id == id)
            return false;
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(reader.Position), 32000);
        return true;
    }

    private void Abort(long id)
    {
        if (!_written.Remove(id, out var sets))
            return;
        foreach (var (topic, partition, first, count) in sets)
        {
            for (var i = 0; i < count; i++)
                _aborted.Add((topic, partition, first + i));
        }
    }

    private async Task<byte[]> ProduceAsync(byte[] request, FrameReader reader, short version, string transaction, NetworkStream far)
    {
        const int lastOffset = 23;
        const int producer = 43;
        reader.Short();
        reader.Int();
        var sets = new List<(string Topic, int Partition, long Producer, int Count)>();
        for (var topics = reader.Count(); topics > 0; topics--)
        {
            var topic = reader.Text()!;
            for (var partitions = reader.Count(); partitions > 0; partitions--)
            {
                var partition = reader.Int();
                var length = reader.Count();
                var set = request.AsSpan(reader.Position, length);
                var id = BinaryPrimitives.ReadInt64BigEndian(set[producer..]);
                if (_producers.TryGetValue(transaction, out var current) && current.Id != id)
                    BinaryPrimitives.WriteInt16BigEndian(set[(producer + 8)..], 32000);
                sets.Add((topic, partition, id, BinaryPrimitives.ReadInt32BigEndian(set[lastOffset..]) + 1));
                reader.Skip(length);
                reader.Tags();
            }

            reader.Tags();
        }

        var bytes = await AskAsync(far, request);
        var answer = FrameReader.OfAnswer(bytes, version >= 9);
        // One partition a request, as librdkafka sends them.
        Assert.Equal(1, answer.Count());
        var answered = answer.Text()!;
        Assert.Equal(1, answer.Count());
        var number = answer.Int();
        if (answer.Short() != 0)
            return bytes;
        var first = answer.Long();
        foreach (var set in sets)
        {
            Assert.Equal((answered, number), (set.Topic, set.Partition));
            if (!_written.TryGetValue(set.Producer, out var written))
                _written[set.Producer] = written = [];
            written.Add((answered, number, first, set.Count));
        }

        return bytes;
    }

    private void Keep(long id, string group, FrameReader reader, short version)
    {
        reader.Short();
        if (version >= 3)
        {
            reader.Int();
            reader.Text();
            reader.Text();
        }

        if (!_pending.TryGetValue(id, out var offsets))
            _pending[id] = offsets = [];
        for (var topics = reader.Count(); topics > 0; topics--)
        {
            var topic = reader.Text()!;
            for (var partitions = reader.Count(); partitions > 0; partitions--)
            {
                offsets.Add((group, topic, reader.Int(), reader.Long()));
                if (version >= 2)
                    reader.Int();
                reader.Text();
                reader.Tags();
            }

            reader.Tags();
        }
    }

    private async Task CommitAsync(List<(string Group, string Topic, int Partition, long Offset)> offsets, NetworkStream far)
    {
        foreach (var (group, topic, partition, offset) in offsets)
        {
            var answer = await AskAsync(far, [
                .. Head(OffsetCommit, 2), .. String(group), .. Big(-1), .. String(""), .. Big(-1L), .. Big(1), .. String(topic),
                .. Big(1), .. Big(partition), .. Big(offset), .. String("")]);
            if (BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(answer.Length - 2)) != 0)
                throw new InvalidOperationException("The mock did not take the offset.");
        }
    }
}
