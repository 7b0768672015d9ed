using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Exports.Pipeline;

/// <summary>
/// Shows native memory as <see cref="ReadOnlyMemory{T}"/> without an object for every piece of it: one memory manager
/// stands for a gibibyte of address space, and a piece is a slice of it. A piece begins in the window's first gibibyte and
/// may reach into the next, so it can be of any size up to a gibibyte.
/// </summary>
/// <remarks>Nothing here keeps the memory alive: that is the business of the batch that it belongs to.</remarks>
internal sealed unsafe class NativeMemoryWindow : MemoryManager<byte>
{
    private const nuint Size = 1u << 30;

    private static readonly ConcurrentDictionary<nuint, NativeMemoryWindow> s_windows = new();

    private readonly byte* _base;

    private NativeMemoryWindow(byte* start) => _base = start;

    /// <summary>The window that an address lies in.</summary>
    public static NativeMemoryWindow At(byte* address)
    {
        var start = (nuint)address & ~(Size - 1);
        return s_windows.TryGetValue(start, out var window)
            ? window
            : s_windows.GetOrAdd(start, static start => new NativeMemoryWindow((byte*)start));
    }

    /// <summary>Whether an address lies in this window, so that <see cref="Piece"/> may begin there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(byte* address) => (nuint)(address - _base) < Size;

    /// <summary>A piece of memory that begins in this window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlyMemory<byte> Piece(byte* start, int length) => CreateMemory((int)(start - _base), length);

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(_base, int.MaxValue);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(_base + elementIndex, default, this);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
