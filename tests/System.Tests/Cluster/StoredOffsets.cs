using System.Collections.Concurrent;
using Exports.Harness;

namespace Exports.SystemTests.Cluster;

/// <summary>Whether the stored offsets of the connector ever fall, by reading them again and again from a worker until disposal.</summary>
internal sealed class StoredOffsets : IAsyncDisposable
{
    private readonly ConnectClient _worker;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _falls = [];
    private readonly Task _reading;
    private int _readings;

    public StoredOffsets(ConnectClient worker)
    {
        _worker = worker;
        _reading = ReadAgainAndAgainAsync();
    }

    /// <summary>What has fallen, in words.</summary>
    public IReadOnlyCollection<string> Falls => _falls;

    /// <summary>How often they were read.</summary>
    public int Readings => Volatile.Read(ref _readings);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAgainAndAgainAsync()
    {
        var highest = new Dictionary<int, long>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                foreach (var (partition, offset) in await _worker.OffsetsAsync(WorkerCluster.Connector))
                {
                    if (highest.TryGetValue(partition, out var before) && offset < before)
                        _falls.Enqueue($"partition {partition}: {before}, then {offset}");
                    highest[partition] = offset;
                }

                Interlocked.Increment(ref _readings);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Grains of the worker that is lost do not answer until it is declared dead.
            }

            await Task.Delay(100, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
