using System.Text.Json;

namespace Exports.Silo.Engine.Cluster;

/// <summary>What workers tell one another: JSON, so that two versions of a worker understand what both know, and leave out the rest.</summary>
internal static class BoardJson
{
    // Pairs of numbers are fields.
    public static JsonSerializerOptions Options { get; } = new() { IncludeFields = true };

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static T Read<T>(byte[] json) => JsonSerializer.Deserialize<T>(json, Options)!;
}
