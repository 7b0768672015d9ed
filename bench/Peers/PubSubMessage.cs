using System.Globalization;

namespace Exports.Peers;

/// <summary>A message as the vendor's client has pulled it.</summary>
/// <param name="Id">The id that the emulator has given it.</param>
/// <param name="OrderingKey">Its ordering key; empty when it has none.</param>
/// <param name="Attributes">Its attributes.</param>
/// <param name="Data">Its data.</param>
public sealed record PubSubMessage(string Id, string OrderingKey, IReadOnlyDictionary<string, string> Attributes, byte[] Data)
{
    /// <summary>The number in the id. Both emulators count up, so this is the order in which messages were accepted.</summary>
    public long Accepted { get; } = long.Parse(Id.TrimStart('m'), CultureInfo.InvariantCulture);
}
