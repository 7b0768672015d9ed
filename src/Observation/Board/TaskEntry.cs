using Exports.Grains;
using Exports.Pipeline;

namespace Exports.Observation;

/// <summary>What the worker knows of a task that lives in it, or has lived in it since it started. Thread-safe.</summary>
public sealed class TaskEntry
{
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly RateWindow _rates = new();
    private (DateTimeOffset? Shown, long At) _started;
    private readonly LatencyWindow _latency = new();
    private TaskWatch? _watch;
    private TaskCondition? _condition;
    private IReadOnlyList<OwnedOffset> _owned = [];
    private ITaskPipeline? _pipeline;
    private TaskTotals _before = TaskTotals.None;
    private DateTimeOffset? _lastProgress;
    private Health? _lastHealth;
    private long _restarts;
    private long _failures;
    private volatile TaskReading? _latest;

    internal TaskEntry(ConnectorEntry connector, int number, TimeProvider time)
    {
        _time = time;
        Connector = connector;
        Number = number;
        Commits = new(time);
    }

    /// <summary>Its connector.</summary>
    public ConnectorEntry Connector { get; }

    /// <summary>Its number.</summary>
    public int Number { get; }

    /// <summary>How storing offsets goes.</summary>
    public OffsetCommits Commits { get; }

    /// <summary>What was last read; null while the task does not live in this worker.</summary>
    public TaskReading? Latest => _latest;

    internal WorkerBoard Board => Connector.Board;

    internal bool IsWatched
    {
        get
        {
            lock (_lock)
                return _watch is not null;
        }
    }

    /// <summary>An activation begins to tell of the task.</summary>
    public TaskWatch Watch()
    {
        var watch = new TaskWatch(this);
        lock (_lock)
        {
            Fold();
            _watch = watch;
        }

        return watch;
    }

    internal void Publish(TaskWatch watch, TaskCondition condition, IReadOnlyList<OwnedOffset> owned)
    {
        TaskCondition? before;
        lock (_lock)
        {
            if (_watch != watch)
                return;
            before = _condition;
            (_condition, _owned) = (condition, owned);
        }

        if (before is null || before.Run != condition.Run)
        {
            var reason = condition.Run is RunState.Failed or RunState.Unassigned ? condition.Problem?.Message ?? condition.Trace : null;
            Connector.Note(new(
                _time.GetUtcNow(), Number, null, before is null ? null : Words.Of(before.Run), Words.Of(condition.Run), reason,
                condition.Run == RunState.Failed ? condition.Problem : null));
        }

        if (before is not null && before.Run == condition.Run && before.Problem?.Cause == condition.Problem?.Cause)
            return;
        lock (_lock)
        {
            if (_condition is null)
                return;
            var pipeline = PipelineView.Of(_pipeline);
            Read(_condition, pipeline, Totals(pipeline));
        }
    }

    internal void Use(TaskWatch watch, ITaskPipeline? pipeline)
    {
        lock (_lock)
        {
            if (_watch != watch || _pipeline == pipeline)
                return;
            Fold();
            _pipeline = pipeline;
        }
    }

    internal void Failed(TaskWatch watch, bool restarts)
    {
        lock (_lock)
        {
            if (_watch != watch)
                return;
            _failures++;
            if (restarts)
                _restarts++;
        }
    }

    internal bool HasRecovered
    {
        get
        {
            lock (_lock)
                return TaskHealth.HasRecovered(_condition?.Started, PipelineView.Of(_pipeline), _time.GetUtcNow(), Board.UnhealthyAfter);
        }
    }

    internal TaskState Judge(TaskCondition condition)
    {
        ITaskPipeline? pipeline;
        lock (_lock)
            pipeline = _pipeline;
        return TaskHealth.Judge(condition, PipelineView.Of(pipeline), _time.GetUtcNow(), Board.UnhealthyAfter);
    }

    internal void Leave(TaskWatch watch)
    {
        lock (_lock)
        {
            if (_watch != watch)
                return;
            Fold();
            (_watch, _condition, _latest) = (null, null, null);
        }

        Connector.Tidy();
    }

    /// <summary>Takes a sample for rates and latencies, and reads everything anew.</summary>
    internal void Sample()
    {
        lock (_lock)
        {
            if (_condition is null)
                return;
            var pipeline = PipelineView.Of(_pipeline);
            var totals = Totals(pipeline);
            var now = _time.GetTimestamp();
            _rates.Add(now, totals);
            _latency.Add(now, totals, _time);
            Read(_condition, pipeline, totals);
        }
    }

    /// <summary>The partitions whose ends no reader is told at present, because they are not read or their records wait here.</summary>
    internal IEnumerable<Connectors.Sdk.TopicPartition> UnreadEnds(TimeSpan heldFor)
    {
        ITaskPipeline? pipeline;
        IReadOnlyList<OwnedOffset> owned;
        lock (_lock)
        {
            if (_condition is null)
                return [];
            (pipeline, owned) = (_pipeline, _owned);
        }

        return pipeline is not null && _condition?.Run == RunState.Running
            && !(pipeline.Progress.HoldsSince is { } since && _time.GetUtcNow() - since >= heldFor)
                ? []
                : owned.Select(partition => new Connectors.Sdk.TopicPartition(partition.Topic, partition.Partition));
    }

    private void Read(TaskCondition condition, PipelineView? pipeline, TaskTotals totals)
    {
        var progress = pipeline?.Progress;
        _lastProgress = progress?.LastAcknowledgement ?? _lastProgress;
        var state = TaskHealth.Judge(condition, pipeline, _time.GetUtcNow(), Board.UnhealthyAfter);
        var partitions = Partitions(pipeline);
        if (_started.Shown != condition.Started)
            _started = (condition.Started, _time.GetTimestamp());
        var recent = _latency.Recent(_time);
        _latest = new(state, totals, partitions)
        {
            Rates = _rates.Over(TimeSpan.FromSeconds(10), _time),
            SlowRates = _rates.Over(TimeSpan.FromSeconds(30), _time),
            RecentLatency = recent,
            LatencyP50 = LatencyHistogram.Quantile(recent, 0.5),
            LatencyP99 = LatencyHistogram.Quantile(recent, 0.99),
            PutTime = pipeline?.Statistics.PutTime.Read(),
            BatchSize = pipeline?.Statistics.BatchSize.Read(),
            RecordsInFlight = pipeline?.Statistics.RecordsInFlight ?? 0,
            BytesInFlight = pipeline?.Statistics.BytesInFlight ?? 0,
            BytesBuffered = progress?.BytesBuffered ?? 0,
            LastProgress = _lastProgress,
            Started = condition.Started,
            RunsFor = condition.Started is null ? TimeSpan.Zero : _time.GetElapsedTime(_started.At),
            LastError = progress?.LastError,
            RestartsTotal = _restarts,
            FailuresTotal = _failures,
            Lag = Sum(partitions, static partition => partition.Lag),
            AcknowledgedLag = Sum(partitions, static partition => partition.AcknowledgedLag),
        };
        NoteHealth(state);
    }

    /// <summary>A task that turns unhealthy while it runs is an event like a change of its state.</summary>
    private void NoteHealth(TaskState state)
    {
        var before = _lastHealth;
        _lastHealth = state.Health;
        if (before is null || before == state.Health || state.State != RunState.Running)
            return;
        if (state.Health == Health.Unhealthy || before == Health.Unhealthy)
        {
            Connector.Note(new(
                _time.GetUtcNow(), Number, null, Words.Of(before.Value), Words.Of(state.Health), state.Problem?.Message, state.Problem));
        }
    }

    private PartitionReading[] Partitions(PipelineView? pipeline)
    {
        var read = pipeline?.Partitions.ToDictionary(partition => (partition.Partition.Topic, partition.Partition.Partition));
        var result = new PartitionReading[_owned.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var owned = _owned[i];
            long? acknowledged = null;
            var end = Board.Ends.Find(new(owned.Topic, owned.Partition));
            if (read is not null && read.TryGetValue((owned.Topic, owned.Partition), out var progress))
            {
                acknowledged = progress.Acknowledged;
                // Both only grow, as long as the topic is the same.
                end = progress.End > (end ?? -1) ? progress.End : end;
            }

            result[i] = new(owned.Topic, owned.Partition, owned.Committed is >= 0 ? owned.Committed : null, acknowledged, end);
        }

        return result;
    }

    private TaskTotals Totals(PipelineView? pipeline) => pipeline is null ? _before : _before.Plus(pipeline);

    /// <summary>Keeps what the pipeline has done when another takes its place.</summary>
    private void Fold()
    {
        var pipeline = PipelineView.Of(_pipeline);
        _before = Totals(pipeline);
        _lastProgress = pipeline?.Progress.LastAcknowledgement ?? _lastProgress;
        _pipeline = null;
    }

    private static long? Sum(PartitionReading[] partitions, Func<PartitionReading, long?> value)
    {
        long? sum = null;
        foreach (var partition in partitions)
        {
            if (value(partition) is { } known)
                sum = (sum ?? 0) + known;
        }

        return sum;
    }
}
