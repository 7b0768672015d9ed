using System.Text.Json;
using Exports.Bench.Load;

namespace Exports.Bench.Raw;

/// <summary>What a raw loop in a child process is to send.</summary>
/// <param name="Endpoint">Where to.</param>
/// <param name="Target">The stream or topic there; empty where there is none.</param>
/// <param name="Records">How many records.</param>
/// <param name="Content">Their keys and values.</param>
/// <param name="RequestRecords">How many in a request.</param>
/// <param name="InFlight">How many requests at once.</param>
/// <param name="From">The topic to read them from; null to make them beforehand and read nothing.</param>
internal sealed record RawSinkRequest(
    Uri Endpoint, string Target, long Records, KeyedRecords Content, int RequestRecords, int InFlight, RawRequest? From = null)
{
    /// <summary>Writes it to a file for a child process.</summary>
    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this));

    /// <summary>Reads it in the child process.</summary>
    public static RawSinkRequest Load(string file) => JsonSerializer.Deserialize<RawSinkRequest>(File.ReadAllText(file))!;
}
