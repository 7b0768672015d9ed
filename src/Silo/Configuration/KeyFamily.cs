namespace Exports.Silo.Configuration;

/// <summary>Keys that begin alike, of which somebody else knows the ends.</summary>
/// <param name="Prefix">How they begin, with the dot.</param>
/// <param name="Use">What becomes of them: used or not needed.</param>
/// <param name="Documentation">What they are for, or why they are not needed.</param>
internal sealed record KeyFamily(string Prefix, KeyUse Use, string Documentation)
{
    public bool Contains(string key) => key.Length > Prefix.Length && key.StartsWith(Prefix, StringComparison.Ordinal);
}
