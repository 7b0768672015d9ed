using Exports.Grains.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;

namespace Exports.Engine.Tests.Storage;

/// <summary>Opens state files, and reads and writes through them as grains do.</summary>
internal static class StateFiles
{
    public static async Task<StateFile> OpenAsync(DataDirectory directory)
    {
        var file = new StateFile(directory.Path, NullLogger<StateFile>.Instance);
        try
        {
            file.Open();
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public static async Task<GrainState<StoredState>> ReadAsync(this StateFile file, string key)
    {
        var state = new GrainState<StoredState>();
        await Storage(file).ReadStateAsync("stored", GrainId.Create("test", key), state);
        return state;
    }

    public static Task WriteAsync(this StateFile file, string key, GrainState<StoredState> state) =>
        Storage(file).WriteStateAsync("stored", GrainId.Create("test", key), state);

    public static async Task<GrainState<StoredState>> WriteNewAsync(this StateFile file, string key, string text, int number = 0)
    {
        var state = new GrainState<StoredState>(new StoredState { Text = text, Number = number });
        await file.WriteAsync(key, state);
        return state;
    }

    public static Task ClearAsync(this StateFile file, string key, GrainState<StoredState> state) =>
        Storage(file).ClearStateAsync("stored", GrainId.Create("test", key), state);

    private static IGrainStorage Storage(StateFile file) => new SqliteGrainStorage(file);
}
