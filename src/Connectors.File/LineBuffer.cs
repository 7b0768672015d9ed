using System.Buffers;
using System.Text;
using System.Text.Json;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.File;

/// <summary>Receives a batch's records and holds them as lines, in memory that is lent for the batch only.</summary>
internal sealed class LineBuffer : IBufferWriter<byte>, IDisposable
{
    private readonly List<int> _lineEnds = [];
    private byte[] _bytes = [];
    private int _length;
    private Utf8JsonWriter? _json;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Where each line ends, as the index after its line feed.</summary>
    public IReadOnlyList<int> LineEnds => _lineEnds;

    /// <summary>Makes room for a batch and writes it.</summary>
    /// <exception cref="DataException">A value has no form as a line.</exception>
    public void Write(SinkBatch batch)
    {
        Reserve((int)Math.Min(batch.Bytes + batch.Count, Array.MaxLength));
        foreach (ref readonly var record in batch.Records)
        {
            Write(record.Value);
            Append("\n"u8);
            _lineEnds.Add(_length);
        }
    }

    /// <summary>Forgets the lines and gives the memory back.</summary>
    public void Clear()
    {
        _lineEnds.Clear();
        _length = 0;
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    public void Dispose()
    {
        Clear();
        _json?.Dispose();
    }

    void IBufferWriter<byte>.Advance(int count) => _length += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_length);
    }

    private void Write(in ConnectValue value)
    {
        switch (value.Kind)
        {
            case ConnectValueKind.Bytes or ConnectValueKind.Utf8:
                Append(value.Bytes.Span);
                break;
            case ConnectValueKind.Null:
                Append("null"u8);
                break;
            case ConnectValueKind.Object when value.Value is string text:
                AppendText(text);
                break;
            case ConnectValueKind.Object when value.Value is byte[] bytes:
                Append(bytes);
                break;
            default:
                AppendJson(value);
                break;
        }
    }

    private void AppendText(string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        Reserve(size);
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
    }

    private void AppendJson(ConnectValue value)
    {
        _json ??= new(this, ConnectJson.WriterOptions);
        _json.Reset();
        ConnectJson.Write(_json, value);
        _json.Flush();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int size)
    {
        if (size <= _bytes.Length - _length)
            return;
        var wanted = Math.Max((long)_length + size, 2L * _bytes.Length);
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(wanted, Array.MaxLength));
        Written.Span.CopyTo(larger);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
