using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>
/// The lanes of a worker. Partitions are spread over the lanes of their settings; two tasks that want the same partition
/// get different lanes; a full lane is joined by another; a lane without partitions is closed. Thread-safe.
/// </summary>
internal sealed class LaneSet(PipelineOptions options, BufferBudget budget, TimeProvider time, ILoggerFactory loggers)
    : IAsyncDisposable
{
    /// <summary>
    /// For every partition in an answer from Kafka, librdkafka goes through the list of all the consumer's topics: the CPU time that
    /// an idle lane takes rises with the square of their number.
    /// </summary>
    internal const int MaxPartitions = 500;

    private readonly Lock _lock = new();
    private readonly Dictionary<LaneSettings, List<Lane>> _lanes = [];
    private readonly HashSet<Lane> _closing = [];
    private readonly ILogger _logger = loggers.CreateLogger<Lane>();
    private int _lastNumber;

    /// <summary>The number of open lanes.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _lanes.Values.Sum(lanes => lanes.Count);
        }
    }

    /// <summary>How often inboxes have refused what open lanes had fetched.</summary>
    public long Refusals
    {
        get
        {
            lock (_lock)
                return _lanes.Values.Sum(lanes => lanes.Sum(lane => lane.Refusals));
        }
    }

    /// <summary>Finds a lane for each of the partitions and begins to read them.</summary>
    /// <exception cref="ConfigException">librdkafka refuses the settings; nothing was begun.</exception>
    public void Start(LaneSettings settings, IReadOnlyList<LanePartition> partitions)
    {
        lock (_lock)
        {
            try
            {
                foreach (var partition in partitions)
                {
                    var lane = Choose(settings, partition.Id);
                    lane.Reserved.Add(partition.Id, partition);
                    partition.Lane = lane;
                }
            }
            catch
            {
                Stop(partitions);
                throw;
            }

            foreach (var partition in partitions)
                partition.Lane!.Start(partition);
        }
    }

    /// <summary>Stops reading partitions. Their tasks must take no more records of them by now.</summary>
    public void Stop(IEnumerable<LanePartition> partitions)
    {
        lock (_lock)
        {
            foreach (var partition in partitions)
            {
                if (partition.Lane is not { } lane)
                    continue;
                partition.Lane = null;
                lane.Reserved.Remove(partition.Id);
                lane.Stop(partition);
                if (lane.Reserved.Count == 0)
                    Close(lane);
            }
        }
    }

    /// <summary>Closes all lanes, and waits a little for those whose memory is still in use.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] ends;
        lock (_lock)
        {
            foreach (var lane in _lanes.Values.SelectMany(lanes => lanes).ToArray())
                Close(lane);
            ends = [.. _closing.Select(lane => lane.Ended)];
        }

        await Task.WhenAny(Task.WhenAll(ends), Task.Delay(options.ShutdownGrace, time));
    }

    private Lane Choose(LaneSettings settings, TopicPartition partition)
    {
        if (!_lanes.TryGetValue(settings, out var lanes))
            _lanes[settings] = lanes = [];
        var free = lanes.Where(lane => lane.Reserved.Count < MaxPartitions && !lane.Reserved.ContainsKey(partition))
            .MinBy(lane => lane.Reserved.Count);
        if (free is not null && (lanes.Count >= options.Lanes || free.Reserved.Count == 0))
            return free;
        var number = Interlocked.Increment(ref _lastNumber);
        var lane = new Lane($"{options.GroupId}-lane-{number}", settings, budget, Fail, time, _logger);
        lanes.Add(lane);
        return lane;
    }

    private void Close(Lane lane)
    {
        Remove(lane);
        lane.Close();
        _closing.Add(lane);
        _ = lane.Ended.ContinueWith(
            _ =>
            {
                lock (_lock)
                    _closing.Remove(lane);
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private void Fail(Lane lane, Exception error)
    {
        LanePartition[] lost;
        lock (_lock)
        {
            Remove(lane);
            lost = [.. lane.Reserved.Values];
        }

        foreach (var partition in lost)
            partition.Reader.ReadFailed(partition, new ConnectException($"Reading {partition.Id} failed: {error.Message}", error) { Cause = ErrorCause.Kafka });
    }

    private void Remove(Lane lane)
    {
        lock (_lock)
        {
            foreach (var (settings, lanes) in _lanes)
            {
                if (!lanes.Remove(lane))
                    continue;
                if (lanes.Count == 0)
                    _lanes.Remove(settings);
                return;
            }
        }
    }
}
