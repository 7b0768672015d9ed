using Exports.Pipeline;
using Microsoft.Extensions.Logging;

namespace Exports.Grains;

/// <summary>
/// Copies persisted offsets to the connector's Kafka group, for lag tools, for a way back to Kafka Connect, and as the second source
/// for a task's state that was lost. Best effort: the truth is in the task's state. Writes in the background, the newest offsets only,
/// and warns once until it works again. What the group had committed before is moved back only where the task's offset was, on purpose:
/// any other state that is behind it was restored from an old copy, or somebody else commits to the group too.
/// </summary>
internal sealed partial class GroupMirror(IGroupOffsets groups, TaskId task, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly Dictionary<PartitionRef, long> _pending = [];
    private readonly Dictionary<PartitionRef, long> _mirrored = [];
    private readonly HashSet<PartitionRef> _compared = [];
    private readonly Dictionary<PartitionRef, long> _ahead = [];
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
            _compared.Clear();
            _ahead.Clear();
        }

        foreach (var partition in partitions)
        {
            if (partition.IsMovedBack)
            {
                _compared.Add(partition.Ref());
                _ahead.Remove(partition.Ref());
            }

            if (partition.Offset is >= 0 and { } offset
                && !(_mirrored.TryGetValue(partition.Ref(), out var mirrored) && mirrored == offset)
                && !(_ahead.TryGetValue(partition.Ref(), out var ahead) && offset < ahead))
            {
                _pending[partition.Ref()] = offset;
            }
        }

        if (_pending.Count > 0 && _writing.IsCompleted)
            _writing = WriteAsync();
    }

    /// <summary>Whether the group has been written with this offset, or one before it.</summary>
    public bool HasFollowed(OwnedPartition partition)
        => _mirrored.TryGetValue(partition.Ref(), out var mirrored) && mirrored <= partition.Offset;

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
            _compared.Remove(partition);
            _ahead.Remove(partition);
        }
    }

    private async Task WriteAsync()
    {
        while (_pending.Count > 0)
        {
            var group = _group;
            List<CommittableOffset> batch;
            try
            {
                if (!await CompareAsync(group))
                    continue;
                batch = [.. _pending.Select(entry => new CommittableOffset(entry.Key.ToTopicPartition(), entry.Value))];
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
            foreach (var (partition, offset, _) in batch)
            {
                if (_pending.TryGetValue(partition.Ref(), out var pending) && pending == offset)
                {
                    _pending.Remove(partition.Ref());
                    _mirrored[partition.Ref()] = offset;
                }
            }
        }
    }

    /// <summary>Looks where the group stood before the first write, and leaves out what would go back.</summary>
    /// <returns>Whether there is something to write to this group.</returns>
    private async Task<bool> CompareAsync(string group)
    {
        var unknown = _pending.Keys.Where(partition => !_compared.Contains(partition)).ToList();
        if (unknown.Count == 0)
            return true;
        var committed = await OffGrain.RunAsync(token => groups.ReadAsync(group, [.. unknown.Select(partition => partition.ToTopicPartition())], token), s_limit, time);
        if (group != _group)
            return false;
        var (behind, most) = (0, 0L);
        foreach (var partition in unknown)
        {
            // Given up meanwhile: another task's from now on.
            if (!_pending.TryGetValue(partition, out var offset))
                continue;
            _compared.Add(partition);
            if (!committed.TryGetValue(partition.ToTopicPartition(), out var ahead) || ahead <= offset)
                continue;
            _ahead[partition] = ahead;
            _pending.Remove(partition);
            (behind, most) = (behind + 1, Math.Max(most, ahead - offset));
        }

        if (behind > 0)
            Log.Behind(logger, task.Connector, task.Number, group, behind, most);
        return _pending.Count > 0;
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Warning,
            "Task {Connector}-{Task}: the Kafka group {Group} is ahead of the stored offsets of {Partitions} partitions, by up to {Most} records. Either they "
            + "were restored from an old copy, and up to so many records come twice, or somebody else commits to the group. The group is left as it is until "
            + "delivery has passed it. To go on from it instead, stop the connector and set its offsets to the group's (offsets set --to group).")]
        public static partial void Behind(ILogger logger, string connector, int task, string group, int partitions, long most);

        [LoggerMessage(1, LogLevel.Warning, "Task {Connector}-{Task}: offsets are not copied to the Kafka group {Group}; trying again at every flush.")]
        public static partial void NotMirrored(ILogger logger, string connector, int task, string group, Exception exception);

        [LoggerMessage(2, LogLevel.Information, "Task {Connector}-{Task}: offsets are copied to the Kafka group {Group} again.")]
        public static partial void MirroredAgain(ILogger logger, string connector, int task, string group);
    }
}
