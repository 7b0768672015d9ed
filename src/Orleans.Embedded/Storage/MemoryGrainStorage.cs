using System.Globalization;
using System.Text.Json;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>State as JSON in memory, for tests.</summary>
internal sealed class MemoryGrainStorage : IGrainStorage
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string State, GrainId Grain), (byte[] Json, string ETag)> _records = [];
    private long _version;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        (byte[] Json, string ETag) record;
        lock (_lock)
            _records.TryGetValue((stateName, grainId), out record);

        grainState.RecordExists = record.Json is not null;
        grainState.ETag = record.ETag;
        grainState.State = record.Json is null ? NewState.Create<T>() : JsonSerializer.Deserialize<T>(record.Json)!;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(grainState.State);
        lock (_lock)
        {
            Check(stateName, grainId, grainState.ETag);
            grainState.ETag = (++_version).ToString(CultureInfo.InvariantCulture);
            _records[(stateName, grainId)] = (json, grainState.ETag);
        }

        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_lock)
        {
            Check(stateName, grainId, grainState.ETag);
            _records.Remove((stateName, grainId));
        }

        grainState.State = NewState.Create<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private void Check(string stateName, GrainId grainId, string? eTag)
    {
        var stored = _records.TryGetValue((stateName, grainId), out var record) ? record.ETag : null;
        if (stored != eTag)
            throw new InconsistentStateException($"State '{stateName}' of {grainId} has been changed by somebody else.", stored, eTag);
    }
}
