using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Orleans.Storage;

namespace Exports.Grains.Storage.Sqlite;

/// <summary>Grains' state as JSON, a row for each state; its ETag is a version number that rises with every write to the file.</summary>
internal sealed class SqliteGrainStorage(StateFile file) : IGrainStorage
{
    private const string OfGrain = "grain_type = $type AND grain_key = $key AND name = $name";

    private static readonly JsonSerializerOptions s_json = new() { Converters = { new JsonStringEnumConverter() } };

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = file.Read(connection => connection.Query(
            $"SELECT version, json FROM state WHERE {OfGrain}",
            static row => (Version: row.GetInt64(0), Json: row.GetString(1)),
            [.. Key(stateName, grainId)]));
        if (row is [var stored])
        {
            grainState.State = Parse<T>(stateName, grainId, stored.Json);
            grainState.ETag = ETag(stored.Version);
            grainState.RecordExists = true;
        }
        else
        {
            Forget(grainState);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task WriteStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        // Before anything is awaited: the grain may go on to change its state.
        var json = JsonSerializer.Serialize(grainState.State, s_json);
        var expected = grainState.ETag;
        var version = file.NextVersion();
        await file.WriteAsync(
            connection =>
            {
                var sql = expected is null
                    ? "INSERT INTO state (grain_type, grain_key, name, version, json) VALUES ($type, $key, $name, $version, $json) "
                        + "ON CONFLICT DO NOTHING"
                    : $"UPDATE state SET version = $version, json = $json WHERE {OfGrain} AND version = $expected";
                var changed = connection.Run(
                    sql, [.. Key(stateName, grainId), ("$version", version), ("$json", json), ("$expected", Version(expected))]);
                return changed == 1 ? true : throw Inconsistent(connection, stateName, grainId, expected);
            },
            cancellationToken);
        grainState.ETag = ETag(version);
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ClearStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var expected = grainState.ETag;
        await file.WriteAsync(
            connection =>
            {
                var removed = connection.Run(
                    $"DELETE FROM state WHERE {OfGrain} AND version = $expected",
                    [.. Key(stateName, grainId), ("$expected", Version(expected))]);
                if (removed == 1 || (expected is null && StoredVersion(connection, stateName, grainId) is null))
                    return true;

                throw Inconsistent(connection, stateName, grainId, expected);
            },
            cancellationToken);
        Forget(grainState);
    }

    private static (string Name, object Value)[] Key(string stateName, GrainId grainId) =>
        [("$type", grainId.Type.ToString()!), ("$key", grainId.Key.ToString()!), ("$name", stateName)];

    private static string ETag(long version) => version.ToString(CultureInfo.InvariantCulture);

    /// <summary>The version that an ETag stands for; for one that this storage never gave, a version that no row has.</summary>
    private static long Version(string? eTag) =>
        long.TryParse(eTag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;

    private static string? StoredVersion(SqliteConnection connection, string stateName, GrainId grainId) =>
        connection.Query(
            $"SELECT version FROM state WHERE {OfGrain}", static row => ETag(row.GetInt64(0)), [.. Key(stateName, grainId)])
            .SingleOrDefault();

    private static InconsistentStateException Inconsistent(
        SqliteConnection connection, string stateName, GrainId grainId, string? expected) =>
        new(
            $"State '{stateName}' of {grainId} was changed by somebody else since it was read; nothing was written.",
            StoredVersion(connection, stateName, grainId),
            expected);

    private static void Forget<T>(IGrainState<T> grainState)
    {
        grainState.State = typeof(T).IsValueType ? default!
            : typeof(T).GetConstructor(Type.EmptyTypes) is not null ? Activator.CreateInstance<T>()
            : (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private T Parse<T>(string stateName, GrainId grainId, string json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, s_json)
                ?? throw new JsonException("The state is null.");
        }
        catch (JsonException exception)
        {
            throw new SqliteStorageException(
                $"State '{stateName}' of {grainId} in {file.Path} is no {typeof(T).Name}: {exception.Message}", exception);
        }
    }
}
