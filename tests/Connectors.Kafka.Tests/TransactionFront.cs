using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>
/// Stands in front of a mock broker and does what a transaction coordinator does and the mock does not: a new producer of a transactional
/// id ends the transaction of the one before and fences it, offsets that were sent to a transaction reach their group when it is
/// committed, and what was written in a transaction that was aborted is remembered, because the mock does not hide it from
/// readers (<see cref="Committed"/>). The mock names its own address in answers; here it is replaced.
/// </summary>
internal sealed class TransactionFront : IAsyncDisposable
{
    public const short Produce = 0;
    public const short InitProducerId = 22;
    public const short AddPartitions = 24;
    public const short AddOffsets = 25;
    public const short EndTransaction = 26;
    public const short CommitOffsets = 28;
    private const short OffsetCommit = 8;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _broker;
    private readonly Task _accepting;
    private readonly byte[] _from;
    private readonly byte[] _to;
    private readonly SemaphoreSlim _coordinator = new(1);
    private readonly Dictionary<string, (long Id, short Epoch)> _producers = [];
    private readonly Dictionary<long, List<(string Group, string Topic, int Partition, long Offset)>> _pending = [];
    private readonly Dictionary<long, List<(string Topic, int Partition, long First, int Count)>> _written = [];
    private readonly HashSet<(string Topic, int Partition, long Offset)> _aborted = [];
    private readonly ConcurrentDictionary<short, int> _counts = new();

    public TransactionFront(string broker)
    {
        _broker = IPEndPoint.Parse(broker);
        _listener.Start();
        _from = Name(_broker.Port);
        _to = Name(((IPEndPoint)_listener.LocalEndpoint).Port);
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>
    /// Asked for each answer, by the number of the request's kind and how many there were of it: true breaks the connection instead, so that the client does not
    /// learn what became of its request.
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

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
        _coordinator.Dispose();
    }

    private static byte[] Name(int port)
    {
        var name = new byte[13];
        Encoding.ASCII.GetBytes("127.0.0.1", name);
        BinaryPrimitives.WriteInt32BigEndian(name.AsSpan(9), port);
        return name;
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient client)
    {
        await Task.Yield();
        using (client)
        using (var broker = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await broker.ConnectAsync(_broker, _stop.Token);
                var near = client.GetStream();
                var far = broker.GetStream();
                while (await ReadAsync(near) is { } request)
                {
                    var api = BinaryPrimitives.ReadInt16BigEndian(request);
                    var answer = api is Produce or InitProducerId or AddPartitions or AddOffsets or EndTransaction or CommitOffsets
                        ? await CoordinateAsync(api, request, far)
                        : await AskAsync(far, request);
                    Rename(answer);
                    var count = _counts.AddOrUpdate(api, 1, (_, count) => count + 1);
                    if (Withholds?.Invoke(api, count) == true)
                        return;
                    await WriteAsync(near, answer);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The client, the broker or the test has gone.
            }
        }
    }

    /// <summary>Answers requests about transactions, one after the other.</summary>
    private async Task<byte[]> CoordinateAsync(short api, byte[] request, NetworkStream far)
    {
        await _coordinator.WaitAsync(_stop.Token);
        try
        {
            var version = BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2));
            var reader = new Reader(request, (api, version) is (Produce, >= 9) or (InitProducerId, >= 2) or (CommitOffsets, >= 3));
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

    private async Task<byte[]> InitAsync(byte[] request, Reader reader, short version, string transaction, NetworkStream far)
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
    private bool Fence(byte[] request, Reader reader, string transaction, long id)
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

    private async Task<byte[]> ProduceAsync(byte[] request, Reader reader, short version, string transaction, NetworkStream far)
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
        var answer = Reader.OfAnswer(bytes, version >= 9);
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

    private void Keep(long id, string group, Reader reader, short version)
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

    private void Rename(byte[] answer)
    {
        for (int at = 0, found; (found = answer.AsSpan(at).IndexOf(_from)) >= 0; at += found + 13)
            _to.CopyTo(answer.AsSpan(at + found));
    }

    private async Task<byte[]> AskAsync(NetworkStream far, byte[] request)
    {
        await WriteAsync(far, request);
        return await ReadAsync(far) ?? throw new IOException("closed");
    }

    private async Task<byte[]?> ReadAsync(NetworkStream stream)
    {
        var size = new byte[4];
        if (await stream.ReadAtLeastAsync(size, 4, throwOnEndOfStream: false, _stop.Token) < 4)
            return null;
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await stream.ReadExactlyAsync(frame, _stop.Token);
        return frame;
    }

    private async Task WriteAsync(NetworkStream stream, byte[] frame)
        => await stream.WriteAsync((byte[])[.. Big(frame.Length), .. frame], _stop.Token);

    private static byte[] Head(short api, short version) => [.. Big(api), .. Big(version), .. Big(7), .. String("front")];

    private static byte[] String(string text) => [.. Big((short)text.Length), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Big(short value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Big(int value) => [.. Big((short)(value >> 16)), .. Big((short)value)];

    private static byte[] Big(long value) => [.. Big((int)(value >> 32)), .. Big((int)value)];

    /// <summary>Reads a request's body.</summary>
    private sealed class Reader
    {
        private readonly byte[] _frame;
        private readonly bool _isFlexible;

        public Reader(byte[] frame, bool isFlexible)
        {
            _frame = frame;
            _isFlexible = isFlexible;
            Position = 10 + Math.Max((int)BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(8)), 0);
            Tags();
        }

        private Reader(byte[] frame, bool isFlexible, int position)
        {
            _frame = frame;
            _isFlexible = isFlexible;
            Position = position;
            Tags();
        }

        public int Position { get; private set; }

        public static Reader OfAnswer(byte[] frame, bool isFlexible) => new(frame, isFlexible, 4);

        public void Skip(int length) => Position += length;

        public byte Byte() => _frame[Position++];

        public short Short() => BinaryPrimitives.ReadInt16BigEndian(Next(2));

        public int Int() => BinaryPrimitives.ReadInt32BigEndian(Next(4));

        public long Long() => BinaryPrimitives.ReadInt64BigEndian(Next(8));

        public int Count() => _isFlexible ? Varint() - 1 : Int();

        public string? Text()
        {
            var length = _isFlexible ? Varint() - 1 : Short();
            return length < 0 ? null : Encoding.UTF8.GetString(Next(length));
        }

        /// <summary>Tagged fields, of which nobody sends any.</summary>
        public void Tags()
        {
            if (_isFlexible && Byte() != 0)
                throw new InvalidOperationException("There are tagged fields.");
        }

        private int Varint()
        {
            var value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var part = Byte();
                value |= (part & 0x7f) << shift;
                if (part < 0x80)
                    return value;
            }
        }

        private ReadOnlySpan<byte> Next(int length)
        {
            Position += length;
            return _frame.AsSpan(Position - length, length);
        }
    }
}
