using System.Buffers;

namespace Exports.Connectors.PubSub;

/// <summary>
/// The attributes of one message while it is made. A name that comes again replaces the value, as in the original. Reused for
/// one message after the other.
/// </summary>
internal sealed class AttributeList
{
    /// <summary>The most attributes of a message.</summary>
    public const int MostAttributes = 100;

    /// <summary>The longest name in bytes.</summary>
    public const int LongestName = 256;

    /// <summary>The longest value in bytes.</summary>
    public const int LongestValue = 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<Entry> _entries = [];

    public int Count => _entries.Count;

    /// <summary>The size of all attributes as fields of a message.</summary>
    public int EncodedSize { get; private set; }

    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _entries.Clear();
        EncodedSize = 0;
    }

    /// <summary>Adds an attribute.</summary>
    /// <returns>Why Pub/Sub cannot hold it, or null when it was added.</returns>
    public string? Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.IsEmpty)
            return "its name is empty";
        if (name.Length > LongestName)
            return $"its name has {name.Length} bytes, and {LongestName} are allowed";
        if (name.StartsWith("goog"u8))
            return "names that begin with 'goog' are reserved";
        if (value.Length > LongestValue)
            return $"it has {value.Length} bytes, and {LongestValue} are allowed";
        var index = IndexOf(name);
        if (index < 0 && Count == MostAttributes)
            return $"it would be one more than the {MostAttributes} attributes that are allowed";

        var entry = new Entry(_bytes.WrittenCount, name.Length, value.Length);
        _bytes.Write(name);
        _bytes.Write(value);
        if (index < 0)
        {
            _entries.Add(entry);
        }
        else
        {
            EncodedSize -= Protobuf.FieldSize(_entries[index].Size);
            _entries[index] = entry;
        }

        EncodedSize += Protobuf.FieldSize(entry.Size);
        return null;
    }

    /// <summary>Writes all attributes as fields of a message.</summary>
    public void Encode(Span<byte> target)
    {
        var bytes = _bytes.WrittenSpan;
        foreach (var entry in _entries)
        {
            target = target[Protobuf.WriteHeader(target, PublishMessage.AttributesField, entry.Size)..];
            target = target[Protobuf.WriteField(target, 1, bytes.Slice(entry.Start, entry.Name))..];
            target = target[Protobuf.WriteField(target, 2, bytes.Slice(entry.Start + entry.Name, entry.Value))..];
        }
    }

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        var bytes = _bytes.WrittenSpan;
        for (var i = 0; i < _entries.Count; i++)
        {
            if (bytes.Slice(_entries[i].Start, _entries[i].Name).SequenceEqual(name))
                return i;
        }

        return -1;
    }

    /// <summary>Where an attribute is: its name, and its value behind it.</summary>
    private readonly record struct Entry(int Start, int Name, int Value)
    {
        /// <summary>The size of the map's entry, without its own tag and length.</summary>
        public int Size => Protobuf.FieldSize(Name) + Protobuf.FieldSize(Value);
    }
}
