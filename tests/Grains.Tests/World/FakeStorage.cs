using System.Globalization;
using System.Text.Json;
using Orleans.Storage;

namespace Exports.Grains.Tests;

/// <summary>What a write does.</summary>
internal enum WriteFault
{
    /// <summary>It succeeds.</summary>
    None,

    /// <summary>It throws, and nothing is stored.</summary>
    Before,

    /// <summary>It throws although the state is stored.</summary>
    After,
}

/// <summary>State as JSON with ETags, which tells the <see cref="World"/> what is persisted, and fails where a test wants it to.</summary>
internal sealed class FakeStorage(World world)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Json, string ETag)> _records = [];
    private long _version;
    private long _writes;

    /// <summary>Decides, for the n-th write of all, from 0, what it does.</summary>
    public Func<long, string, WriteFault> Faults { get; set; } = (_, _) => WriteFault.None;

    /// <summary>Runs before each write of a key.</summary>
    public Func<string, Task> OnWrite { get; set; } = _ => Task.CompletedTask;

    /// <summary>How many writes and removals there were.</summary>
    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>The keys of all records: the grain's identity.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_lock)
                return [.. _records.Keys.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>A worker's way to the storage.</summary>
    public IGrainStorage For(FakeWorker worker) => new View(this, worker);

    public string? Read(string key)
    {
        lock (_lock)
            return _records.TryGetValue(key, out var record) ? record.Json : null;
    }

    /// <summary>Another activation writes the same state again: whoever has it is fenced.</summary>
    public void Touch(string key)
    {
        lock (_lock)
            _records[key] = (_records[key].Json, NextETag());
    }

    private void Event(FakeWorker worker, string what)
    {
        world.OnEvent(worker, what);
        ObjectDisposedException.ThrowIf(worker.IsDead, worker);
    }

    private void Forget(string connector) => world.Forget(connector);

    private string NextETag() => (++_version).ToString(CultureInfo.InvariantCulture);

    private void Observe<T>(GrainId grain, T state)
    {
        var key = grain.Key.ToString()!;
        switch (state)
        {
            case TaskGrainState task:
                foreach (var partition in task.Partitions.Where(partition => partition.Offset is not null))
                    world.Persisted(TaskId.Parse(key).Connector, partition.Topic, partition.Partition, partition.Offset!.Value);
                break;
            case ConnectorGrainState connector:
                foreach (var offset in connector.Handover)
                    world.Persisted(key, offset.Topic, offset.Partition, offset.Offset);
                break;
            default:
                break;
        }
    }

    private sealed class View(FakeStorage storage, FakeWorker worker) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            ObjectDisposedException.ThrowIf(worker.IsDead, worker);
            lock (storage._lock)
            {
                var exists = storage._records.TryGetValue(grainId.ToString(), out var record);
                grainState.State = exists ? JsonSerializer.Deserialize<T>(record.Json)! : Activator.CreateInstance<T>();
                grainState.ETag = exists ? record.ETag : null;
                grainState.RecordExists = exists;
            }

            return Task.CompletedTask;
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await Task.Yield();
            await storage.OnWrite(grainId.ToString());
            var json = JsonSerializer.Serialize(grainState.State);
            grainState.ETag = Change(grainId, grainState.ETag, () =>
            {
                var etag = storage.NextETag();
                storage._records[grainId.ToString()] = (json, etag);
                storage.Observe(grainId, grainState.State);
                return etag;
            });
            grainState.RecordExists = true;
        }

        public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await Task.Yield();
            grainState.ETag = Change(grainId, grainState.ETag, () =>
            {
                storage._records.Remove(grainId.ToString());
                if (grainState.State is ConnectorGrainState)
                    storage.Forget(grainId.Key.ToString()!);
                return null;
            });
            grainState.State = Activator.CreateInstance<T>();
            grainState.RecordExists = false;
        }

        private string? Change(GrainId grainId, string? etag, Func<string?> change)
        {
            var key = grainId.ToString();
            storage.Event(worker, $"before a write of {key}");
            var changed = ChangeLocked(key, etag, change);
            storage.Event(worker, $"after a write of {key}");
            return changed;
        }

        private string? ChangeLocked(string key, string? etag, Func<string?> change)
        {
            lock (storage._lock)
            {
                ObjectDisposedException.ThrowIf(worker.IsDead, worker);
                var fault = storage.Faults(storage._writes++, key);
                if (fault == WriteFault.Before)
                    throw new IOException("The storage does not answer.");
                var stored = storage._records.TryGetValue(key, out var record) ? record.ETag : null;
                if (stored != etag)
                    throw new InconsistentStateException("The state was written by somebody else.", stored, etag);
                var after = change();
                return fault == WriteFault.After ? throw new IOException("The storage did not answer in time.") : after;
            }
        }
    }
}
