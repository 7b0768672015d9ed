using System.Buffers;
using System.Runtime.InteropServices;

namespace Exports.Connectors.Kafka;

/// <summary>Keeps native memory in place while a producer reads records from it. One thread uses it at a time.</summary>
internal sealed unsafe class NativePins
{
    private readonly List<MemoryHandle> _pins = [];
    private MemoryManager<byte>? _pinned;
    private byte* _start;

    /// <summary>The address of memory that stays where it is until <see cref="Release"/>; null for arrays, which move.</summary>
    public byte* AddressOf(ReadOnlyMemory<byte> memory)
    {
        if (!MemoryMarshal.TryGetMemoryManager<byte, MemoryManager<byte>>(memory, out var manager, out var start, out _))
            return null;
        if (!ReferenceEquals(manager, _pinned))
        {
            var pin = manager.Pin();
            _pins.Add(pin);
            _pinned = manager;
            _start = (byte*)pin.Pointer;
        }

        return _start + start;
    }

    /// <summary>The producer has let go of the memory.</summary>
    public void Release()
    {
        foreach (var pin in _pins)
            pin.Dispose();
        _pins.Clear();
        _pinned = null;
    }
}
