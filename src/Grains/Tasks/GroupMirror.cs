using Exports.Pipeline;
using Microsoft.Extensions.Logging;

namespace Exports.Grains;

/// <summary>
/// Copies persisted offsets to the connector's Kafka group, for lag tools and for a way back to Kafka Connect. Best effort:
/// the truth is in the task's state. Writes in the background, the newest offsets only, and warns once until it works again.
/// </summary>
internal sealed partial class GroupMirror(IGroupOffsets groups, TaskId task, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly Dictionary<PartitionRef, long> _pending = [];
    private readonly Dictionary<PartitionRef, long> _mirrored = [];
    private string _group = "";
    private Task _writing = Task.CompletedTask;
    private bool _isFailing;

    /// <summary>Whether something has not been copied yet.</summary>
    public bool HasPending => _pending.Count > 0;

    /// <summary>Copies what has not been copied yet. Returns at once.</summary>
    public void Offer(string group, IEnumerable<OwnedPartition> partitions)
    {
        if (group != _group)
        {
            _group = group;
            _pending.Clear();
            _mirrored.Clear();
        }

        foreach (var partition in partitions)
        {
            if (partition.Offset is >= 0 and { } offset && !(_mirrored.TryGetValue(partition.Ref(), out var mirrored) && mirrored == offset))
                _pending[partition.Ref()] = offset;
        }

        if (_pending.Count > 0 && _writing.IsCompleted)
            _writing = WriteAsync();
    }

    /// <summary>Waits for what is being copied, no longer than the limit, and then leaves the rest.</summary>
    public async Task DrainAsync(TimeSpan atMost)
    {
        try
        {
            await _writing.WaitAsync(atMost, time);
        }
        catch (TimeoutException)
        {
            // It goes on by itself, or not: nobody depends on it.
        }
    }

    /// <summary>Forgets partitions that another task mirrors from now on.</summary>
    public void Forget(IEnumerable<PartitionRef> partitions)
    {
        foreach (var partition in partitions)
        {
            _pending.Remove(partition);
            _mirrored.Remove(partition);
        }
    }

    private async Task WriteAsync()
    {
        while (_pending.Count > 0)
        {
            var (group, batch) = (_group, _pending.Select(entry => new CommittableOffset(entry.Key.ToTopicPartition(), entry.Value)).ToList());
            try
            {
                await OffGrain.RunAsync(token => groups.WriteAsync(group, batch, token), s_limit, time);
            }
            catch (Exception exception)
            {
                if (!_isFailing)
                    Log.NotMirrored(logger, task.Connector, task.Number, group, exception);
                _isFailing = true;
                return;
            }

            if (_isFailing)
                Log.MirroredAgain(logger, task.Connector, task.Number, group);
            _isFailing = false;
            if (group != _group)
                continue;
            foreach (var (partition, offset) in batch)
            {
                if (_pending.TryGetValue(partition.Ref(), out var pending) && pending == offset)
                {
                    _pending.Remove(partition.Ref());
                    _mirrored[partition.Ref()] = offset;
                }
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Task {Connector}-{Task}: offsets are not copied to the Kafka group {Group}; trying again at every flush.")]
        public static partial void NotMirrored(ILogger logger, string connector, int task, string group, Exception exception);

        [LoggerMessage(2, LogLevel.Information, "Task {Connector}-{Task}: offsets are copied to the Kafka group {Group} again.")]
        public static partial void MirroredAgain(ILogger logger, string connector, int task, string group);
    }
}
