namespace Exports.Demo.Destinations;

/// <summary>Watches destinations, each on a thread of its own, until disposal, which waits for the threads to end.</summary>
internal sealed class Watcher : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    public Watcher(params ReadOnlySpan<Destination> destinations)
    {
        var threads = new Task[destinations.Length];
        for (var i = 0; i < threads.Length; i++)
        {
            var destination = destinations[i];
            threads[i] = Task.Factory.StartNew(
                () => destination.Watch(_stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        _watching = Task.WhenAll(threads);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }
}
