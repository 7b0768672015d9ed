using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Core;

/// <summary>A grain's state and its way to storage. Reads, writes and clears of one state follow each other, in the order they were asked for.</summary>
internal sealed class PersistentState<TState>(string name, GrainId grainId, IGrainStorage storage)
    : IPersistentState<TState>, IPersistentStateLoader
{
    private readonly GrainState<TState> _grainState = new(NewState.Create<TState>());
    private Task _last = Task.CompletedTask;
    private bool _loaded;

    public TState State
    {
        get
        {
            Activation.CheckAccess();
            return _grainState.State!;
        }

        set
        {
            Activation.CheckAccess();
            _grainState.State = value;
        }
    }

    public string? Etag => _grainState.ETag;

    public bool RecordExists => _loaded
        ? _grainState.RecordExists
        : throw new InvalidOperationException($"State '{name}' of {grainId} has not been read yet.");

    public Task LoadAsync(CancellationToken token) => ReadStateAsync(token);

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task ReadStateAsync(CancellationToken cancellationToken) => Then(nameof(ReadStateAsync), async () =>
    {
        await storage.ReadStateAsync(name, grainId, _grainState, cancellationToken);
        _loaded = true;
    });

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task WriteStateAsync(CancellationToken cancellationToken) => Then(
        nameof(WriteStateAsync), () => storage.WriteStateAsync(name, grainId, _grainState, cancellationToken));

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public Task ClearStateAsync(CancellationToken cancellationToken) => Then(
        nameof(ClearStateAsync), () => storage.ClearStateAsync(name, grainId, _grainState, cancellationToken));

    private Task Then(string operation, Func<Task> action)
    {
        Activation.CheckAccess();
        return _last = RunAsync(_last, operation, action);
    }

    private async Task RunAsync(Task previous, string operation, Func<Task> action)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        try
        {
            await action();
        }
        catch (Exception exception) when (exception is not (OrleansException or OperationCanceledException))
        {
            throw new OrleansException(
                $"{operation} of state '{name}' of {grainId} failed in {storage.GetType().Name}: {exception.Message}", exception);
        }
    }
}
