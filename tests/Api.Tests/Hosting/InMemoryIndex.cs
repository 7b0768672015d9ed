using Exports.Grains;

namespace Exports.Api.Tests;

/// <summary>The names of all connectors, and how many calls to connectors are under way.</summary>
internal sealed class InMemoryIndex : IConnectorIndexGrain
{
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private int _underWay;
    private int _most;

    public Exception? Error { get; set; }

    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>The most calls that were under way at once.</summary>
    public int MostAtOnce => Volatile.Read(ref _most);

    public async Task<List<string>> ListAsync()
    {
        await Gate;
        if (Error is not null)
            throw Error;
        lock (_names)
            return [.. _names];
    }

    public Task AddAsync(string connector)
    {
        Add(connector);
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string connector)
    {
        Remove(connector);
        return Task.CompletedTask;
    }

    public void Add(string connector)
    {
        lock (_names)
            _names.Add(connector);
    }

    public void Remove(string connector)
    {
        lock (_names)
            _names.Remove(connector);
    }

    public IDisposable CountCall()
    {
        var now = Interlocked.Increment(ref _underWay);
        for (var most = MostAtOnce; now > most; most = MostAtOnce)
            Interlocked.CompareExchange(ref _most, now, most);
        return new Call(this);
    }

    private sealed class Call(InMemoryIndex index) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref index._underWay);
    }
}
