namespace Exports.Connectors.PubSub;

/// <summary>
/// Things that cost something and are the same for many tasks: made by the first that asks, released by the last that gives
/// its lease back.
/// </summary>
/// <typeparam name="TKey">What they are told apart by.</typeparam>
/// <typeparam name="T">What is shared; thread-safe.</typeparam>
internal sealed class SharedPool<TKey, T>
    where TKey : notnull
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Entry> _entries = [];

    /// <summary>The number of things that are in use.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>A lease of the thing of that key, which is made when there is none.</summary>
    /// <exception cref="Exception">Whatever <paramref name="make"/> throws; nothing is kept then.</exception>
    public Lease Acquire(TKey key, Func<TKey, T> make)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry))
                _entries.Add(key, entry = new(make(key)));
            entry.Leases++;
            return new(this, key, entry.Value);
        }
    }

    private void Release(TKey key)
    {
        T? last = null;
        lock (_lock)
        {
            var entry = _entries[key];
            if (--entry.Leases == 0)
            {
                _entries.Remove(key);
                last = entry.Value;
            }
        }

        (last as IDisposable)?.Dispose();
    }

    /// <summary>The right to use a shared thing, until it is disposed of.</summary>
    internal sealed class Lease(SharedPool<TKey, T> pool, TKey key, T value) : IDisposable
    {
        private int _released;

        public T Value => value;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
                pool.Release(key);
        }
    }

    private sealed class Entry(T value)
    {
        public T Value => value;

        public int Leases { get; set; }
    }
}
