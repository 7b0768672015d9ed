using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Kinesis;

/// <summary>
/// Holds requests back so that a task sends no more than a share of what the stream's open shards take together. Asks now and
/// then how many there are. Thread-safe.
/// </summary>
/// <param name="percent">The share.</param>
/// <param name="countShards">Asks for the number of open shards.</param>
/// <param name="logger">Where it is said that asking failed.</param>
/// <param name="time">The clock.</param>
internal sealed partial class ShardPacer(
    int percent, Func<CancellationToken, Task<int>> countShards, ILogger logger, TimeProvider time)
{
    // What a shard takes in a second.
    private const double ShardRecords = 1000;
    private const double ShardBytes = 1024 * 1024;

    private static readonly TimeSpan s_askAgain = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private int _shards = 1;
    private long _askedAt;
    private bool _asking;

    // The moments at which what was let through so far is worked off, as timestamps.
    private long _recordsDone;
    private long _bytesDone;

    /// <summary>Asks for the shards for the first time.</summary>
    /// <exception cref="ConnectException">There was no answer.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _shards = Math.Max(1, await countShards(cancellationToken));
        _askedAt = time.GetTimestamp();
    }

    /// <summary>Completes when a request of that size may be sent.</summary>
    public Task WaitAsync(int records, long bytes, CancellationToken cancellationToken)
    {
        TimeSpan delay;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (!_asking && time.GetElapsedTime(_askedAt, now) >= s_askAgain)
            {
                _asking = true;
                _ = AskAsync();
            }

            delay = time.GetElapsedTime(now, Math.Max(now, Math.Max(_recordsDone, _bytesDone)));
            var share = percent / 100.0 * _shards;
            _recordsDone = Math.Max(now, _recordsDone) + Seconds(records / (ShardRecords * share));
            _bytesDone = Math.Max(now, _bytesDone) + Seconds(bytes / (ShardBytes * share));
        }

        return delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;
    }

    private async Task AskAsync()
    {
        // Off the lock, and off the sender's thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var shards = 0;
        try
        {
            shards = await countShards(CancellationToken.None);
        }
        catch (ConnectException e)
        {
            Log.NotCounted(logger, e.Message);
        }

        lock (_lock)
        {
            _shards = shards > 0 ? shards : _shards;
            _askedAt = time.GetTimestamp();
            _asking = false;
        }
    }

    private long Seconds(double seconds) => (long)(seconds * time.TimestampFrequency);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The stream's shards were not counted; the pace stays as it is: {Reason}")]
        public static partial void NotCounted(ILogger logger, string reason);
    }
}
