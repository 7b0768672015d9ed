using System.Diagnostics.CodeAnalysis;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>
/// The schemas that were last read, by their JSON text. Topics mostly have one, so that the last one is asked first.
/// </summary>
internal sealed class SchemaCache
{
    private readonly int _capacity;
    private readonly LinkedList<(byte[] Json, Schema Schema)> _byUse = new();
    private readonly Dictionary<byte[], LinkedListNode<(byte[] Json, Schema Schema)>> _byJson = new(new ByBytes());
    private readonly Dictionary<byte[], LinkedListNode<(byte[] Json, Schema Schema)>>.AlternateLookup<ReadOnlySpan<byte>> _lookUp;

    /// <param name="capacity">The most schemas to keep; 0 keeps none.</param>
    public SchemaCache(int capacity)
    {
        _capacity = capacity;
        _lookUp = _byJson.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count => _byUse.Count;

    public bool TryGet(ReadOnlySpan<byte> json, [NotNullWhen(true)] out Schema? schema)
    {
        schema = null;
        if (_byUse.First is not { } newest)
            return false;
        if (json.SequenceEqual(newest.Value.Json))
        {
            schema = newest.Value.Schema;
            return true;
        }
        if (!_lookUp.TryGetValue(json, out var node))
            return false;
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        schema = node.Value.Schema;
        return true;
    }

    public void Add(ReadOnlySpan<byte> json, Schema schema)
    {
        if (_capacity <= 0)
            return;
        if (_byUse.Count == _capacity)
        {
            _byJson.Remove(_byUse.Last!.Value.Json);
            _byUse.RemoveLast();
        }
        var copy = json.ToArray();
        _byJson.Add(copy, _byUse.AddFirst((copy, schema)));
    }

    private sealed class ByBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
