namespace Exports.Grains;

/// <summary>
/// Knows the names of all connectors. Its calls interleave and share writes: a thousand connectors that are created at once
/// cost a few writes of the list, not a thousand.
/// </summary>
[GrainType("exports.connector-index")]
internal sealed class ConnectorIndexGrain(
    [PersistentState("index", GrainStorage.Name)] IPersistentState<ConnectorIndexState> storage) : Grain, IConnectorIndexGrain
{
    private SortedSet<string> _names = [];
    private Task _running = Task.CompletedTask;
    private Task? _next;
    private bool _isDirty;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _names = new(storage.State.Names, StringComparer.Ordinal);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task AddAsync(string connector) => ChangedAsync(_names.Add(connector));

    /// <inheritdoc/>
    public Task RemoveAsync(string connector) => ChangedAsync(_names.Remove(connector));

    /// <inheritdoc/>
    public Task<List<string>> ListAsync() => Task.FromResult(_names.ToList());

    private Task ChangedAsync(bool isChanged)
    {
        _isDirty |= isChanged;
        return _isDirty ? _next ??= WriteAsync(_running) : _running;
    }

    private async Task WriteAsync(Task before)
    {
        // Whoever comes while the write before this one runs is served by this one.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
            | ConfigureAwaitOptions.ForceYielding);
        _running = _next!;
        _next = null;
        _isDirty = false;
        storage.State = new() { Names = [.. _names] };
        try
        {
            await storage.WriteStateAsync();
        }
        catch (Exception)
        {
            _isDirty = true;
            throw;
        }
    }
}
