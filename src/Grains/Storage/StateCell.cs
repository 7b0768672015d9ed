using Orleans.Storage;

namespace Exports.Grains;

/// <summary>
/// A grain's stored state as a value that changes whole: what a reader sees is what storage has accepted. Writes come one
/// after the other, and each is ETag-checked. Once storage has refused one because somebody else wrote, this activation is
/// fenced: it writes nothing any more.
/// </summary>
internal sealed class StateCell<T>(IPersistentState<T> storage, Action fenced)
    where T : class, new()
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The state as it was last read from or accepted by storage.</summary>
    public T Value { get; private set; } = storage.State;

    /// <summary>Whether this activation has written: whoever had the state before is fenced since.</summary>
    public bool IsClaimed { get; private set; }

    /// <summary>Whether somebody else has written since.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>Writes the changed state; nothing when the change gives back what it got.</summary>
    /// <exception cref="InconsistentStateException">Somebody else has written: this activation must end.</exception>
    public Task UpdateAsync(Func<T, T> change) => WriteAsync(change, always: false);

    /// <summary>Writes the state as it is when this activation has not written yet, so that an older one is fenced.</summary>
    public Task ClaimAsync() => IsClaimed ? Task.CompletedTask : WriteAsync(static state => state, always: true);

    /// <summary>Removes the state.</summary>
    public async Task ClearAsync()
    {
        await _gate.WaitAsync();
        try
        {
            ThrowIfFenced();
            await GuardedAsync(storage.ClearStateAsync);
            storage.State = Value = new T();
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task WriteAsync(Func<T, T> change, bool always)
    {
        await _gate.WaitAsync();
        try
        {
            ThrowIfFenced();
            var after = change(Value);
            if (ReferenceEquals(after, Value) && !always)
                return;
            storage.State = after;
            await GuardedAsync(storage.WriteStateAsync);
            Value = after;
            IsClaimed = true;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task GuardedAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception exception)
        {
            storage.State = Value;
            if (exception is InconsistentStateException)
            {
                IsFenced = true;
                fenced();
            }

            throw;
        }
    }

    private void ThrowIfFenced()
    {
        if (IsFenced)
            throw new InconsistentStateException("Another activation of this grain has written since: this one has ended.");
    }
}
