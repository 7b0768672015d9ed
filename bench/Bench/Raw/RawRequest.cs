using System.Text.Json;

namespace Exports.Bench.Raw;

/// <summary>What a raw loop in a child process is to read.</summary>
/// <param name="Settings">librdkafka's settings.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="Records">How many records it has.</param>
/// <param name="TargetTopic">The topic to copy to; null only to read.</param>
internal sealed record RawRequest(
    Dictionary<string, string> Settings, string Topic, int Partitions, long Records, string? TargetTopic = null)
{
    /// <summary>Writes it to a file for a child process.</summary>
    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this));

    /// <summary>Reads it in the child process.</summary>
    public static RawRequest Load(string file) => JsonSerializer.Deserialize<RawRequest>(File.ReadAllText(file))!;
}
