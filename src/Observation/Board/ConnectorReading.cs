using Exports.Grains;
using Exports.Pipeline;

namespace Exports.Observation;

/// <summary>All that is known of a connector at one time, its tasks taken together.</summary>
public sealed class ConnectorReading
{
    private ConnectorReading(string name, ConnectorCondition? condition, IReadOnlyList<TaskReading> tasks)
    {
        Name = name;
        Condition = condition;
        Tasks = tasks;
        Health = condition is null
            ? Health.Starting
            : ConnectorHealth.Of(condition.Run, condition.Target, condition.Problem, HealthOf(condition, tasks));
        foreach (var task in tasks)
        {
            Rates += task.Rates;
            Restarts += task.RestartsTotal;
            Lag = Add(Lag, task.Lag);
            AcknowledgedLag = Add(AcknowledgedLag, task.AcknowledgedLag);
            if (LastProgress is null || task.LastProgress > LastProgress)
                LastProgress = task.LastProgress ?? LastProgress;
        }

        Problem = condition?.Problem ?? tasks
            .Select(task => task.State.Problem)
            .Where(problem => problem is not null)
            .MinBy(problem => problem!.Since);
    }

    /// <summary>The connector's name.</summary>
    public string Name { get; }

    /// <summary>Its condition; null when it has not started yet.</summary>
    public ConnectorCondition? Condition { get; }

    /// <summary>Its tasks, by number.</summary>
    public IReadOnlyList<TaskReading> Tasks { get; }

    /// <summary>Whether it does what it should.</summary>
    public Health Health { get; }

    /// <summary>Its own trouble, or the oldest of its tasks; null for none.</summary>
    public Problem? Problem { get; }

    /// <summary>Records and bytes a second of all its tasks.</summary>
    public Rates Rates { get; }

    /// <summary>Records behind the ends of its partitions by the stored offsets; null when not known of any.</summary>
    public long? Lag { get; }

    /// <summary>Records behind the ends of its partitions by what the destination has acknowledged; null when not known of any.</summary>
    public long? AcknowledgedLag { get; }

    /// <summary>When its destination last accepted something; null for never.</summary>
    public DateTimeOffset? LastProgress { get; }

    /// <summary>How often its tasks have restarted themselves since the worker started.</summary>
    public long Restarts { get; }

    /// <summary>The latency in milliseconds below which a share of the last minute's records lies; null without records.</summary>
    public double? Latency(double share)
    {
        Span<long> counts = stackalloc long[LatencyHistogram.Buckets];
        counts.Clear();
        foreach (var task in Tasks)
        {
            var recent = task.RecentLatency.Span;
            for (var i = 0; i < recent.Length; i++)
                counts[i] += recent[i];
        }

        return LatencyHistogram.Quantile(counts, share);
    }

    /// <summary>What is known of a connector.</summary>
    public static ConnectorReading Of(ConnectorEntry entry)
        => new(entry.Name, entry.Condition, [.. entry.Tasks.Select(task => task.Latest).OfType<TaskReading>()]);

    /// <summary>A connector of which several workers know something. Of a task that two tell of, the one that was started later counts.</summary>
    public static ConnectorReading Of(string name, IEnumerable<ConnectorPart> parts)
    {
        ConnectorCondition? condition = null;
        var tasks = new SortedDictionary<int, TaskReading>();
        foreach (var part in parts)
        {
            condition ??= part.Condition;
            foreach (var task in part.Tasks)
            {
                if (!tasks.TryGetValue(task.State.Number, out var other) || (other.Started ?? DateTimeOffset.MinValue) < task.Started)
                    tasks[task.State.Number] = task;
            }
        }

        return new(name, condition, [.. tasks.Values]);
    }

    /// <summary>A connector that has not started yet.</summary>
    public static ConnectorReading NotStarted(string name) => new(name, null, []);

    /// <summary>The health of all tasks: of those that are not known here, what the connector last heard of them.</summary>
    private static IEnumerable<Health> HealthOf(ConnectorCondition condition, IReadOnlyList<TaskReading> tasks)
    {
        var known = new HashSet<int>(tasks.Count);
        foreach (var task in tasks)
        {
            known.Add(task.State.Number);
            yield return task.State.Health;
        }

        for (var number = 0; number < Math.Min(condition.Tasks, condition.TaskHealth.Count); number++)
        {
            if (!known.Contains(number))
                yield return condition.TaskHealth[number];
        }
    }

    private static long? Add(long? sum, long? value) => value is null ? sum : (sum ?? 0) + value;
}
