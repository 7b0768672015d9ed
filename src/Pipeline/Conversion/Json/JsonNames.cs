using System.Text;
using System.Text.Json;

namespace Exports.Pipeline;

/// <summary>
/// Gives the same string for the same property name, so that records with the same fields do not allocate their names
/// anew. Holds a bounded number of short names; later ones take the place of earlier ones.
/// </summary>
internal sealed class JsonNames
{
    private const int Slots = 1024;
    private const int LongestKept = 64;

    private readonly string?[] _names = new string?[Slots];

    /// <summary>The name that the reader stands at.</summary>
    public string Get(ref Utf8JsonReader reader)
    {
        var name = reader.ValueSpan;
        if (reader.ValueIsEscaped || name.Length > LongestKept)
            return reader.GetString()!;
        ref var slot = ref _names[Hash(name) % Slots];
        if (slot is not null && Ascii.Equals(name, slot))
            return slot;
        return slot = reader.GetString()!;
    }

    // FNV-1a: short, and good enough for names.
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        var hash = 2166136261u;
        foreach (var b in name)
            hash = (hash ^ b) * 16777619u;
        return hash;
    }
}
