using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace Exports.Silo.Engine.Cluster;

/// <summary>Grains' state in Redis, as JSON of the same shape as in the state file: other versions of a worker read it, and so do people.</summary>
internal sealed class StateJson : IGrainStorageSerializer
{
    public static JsonSerializerOptions Options { get; } = new() { Converters = { new JsonStringEnumConverter() } };

    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, Options));

    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span, Options)!;
}
