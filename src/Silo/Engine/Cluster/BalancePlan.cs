namespace Exports.Silo.Engine.Cluster;

/// <summary>
/// Decides which task moves next so that workers of a cluster have equal loads. A task weighs its share of all tasks, and as much
/// again for its share of the records and bytes that all deliver.
/// </summary>
internal static class BalancePlan
{
    // What is nearer than that to the mean is left alone: the rates of tasks are never still.
    private const double Tolerance = 0.1;

    /// <summary>
    /// What tasks do as far as that can be told: those that have not settled do what they did before they were moved, and else as much as the
    /// settled ones on average.
    /// </summary>
    /// <param name="workers">The tasks of each worker.</param>
    /// <param name="before">What a task did before it was moved; null where it was not.</param>
    public static Dictionary<TWorker, IReadOnlyList<TaskLoad>> Estimate<TWorker>(
        IReadOnlyDictionary<TWorker, IReadOnlyList<TaskLoad>> workers, Func<TaskLoad, TaskLoad?> before)
        where TWorker : notnull
    {
        var settled = workers.Values.SelectMany(tasks => tasks).Where(task => task.IsSettled).ToList();
        var (records, bytes) = settled.Count == 0 ? (0, 0) : (settled.Average(task => task.Records), settled.Average(task => task.Bytes));
        return workers.ToDictionary(
            worker => worker.Key,
            worker => (IReadOnlyList<TaskLoad>)
            [
                .. worker.Value.Select(task =>
                    task.IsSettled ? task
                    : before(task) is { } known ? task with { Records = known.Records, Bytes = known.Bytes }
                    : task with { Records = records, Bytes = bytes }),
            ]);
    }

    /// <summary>The task that moves next, from where to where; null when the load is even, or no move makes it more so.</summary>
    /// <param name="workers">The tasks of each worker; those without tasks included.</param>
    /// <param name="isSettled">Whether a task may move; one that has just been moved may not.</param>
    /// <typeparam name="TWorker">What a worker is known by.</typeparam>
    public static (TaskLoad Task, TWorker From, TWorker To)? Next<TWorker>(
        IReadOnlyDictionary<TWorker, IReadOnlyList<TaskLoad>> workers, Func<TaskLoad, bool> isSettled)
        where TWorker : notnull
    {
        var all = workers.Values.SelectMany(tasks => tasks).ToList();
        if (workers.Count < 2 || all.Count == 0)
            return null;
        var (records, bytes) = (all.Sum(task => task.Records), all.Sum(task => task.Bytes));
        // Among very many tasks, those that do something may be uneven while the sum is even: they come second, and leave the sum so.
        return Better(Weight, _ => true) ?? Better(Traffic, move => IsEven(LoadsAfter(move)));

        (TaskLoad Task, TWorker From, TWorker To)? Better(Func<TaskLoad, double> weigh, Func<(TaskLoad Task, TWorker From, TWorker To), bool> isAllowed)
        {
            var loads = workers.ToDictionary(worker => worker.Key, worker => worker.Value.Sum(weigh));
            if (IsEven(loads))
                return null;
            var (from, to) = (loads.MaxBy(load => load.Value), loads.MinBy(load => load.Value));

            // The best move leaves the two nearest to each other; one that only turns the difference round is none.
            var gap = from.Value - to.Value;
            var best = workers[from.Key].Where(isSettled).Select(task => (Task: task, Left: Math.Abs(gap - (2 * weigh(task))))).OrderBy(move => move.Left).FirstOrDefault();
            return best.Task is not null && best.Left < gap && isAllowed((best.Task, from.Key, to.Key)) ? (best.Task, from.Key, to.Key) : null;
        }

        Dictionary<TWorker, double> LoadsAfter((TaskLoad Task, TWorker From, TWorker To) move)
        {
            var loads = workers.ToDictionary(worker => worker.Key, worker => worker.Value.Sum(Weight));
            loads[move.From] -= Weight(move.Task);
            loads[move.To] += Weight(move.Task);
            return loads;
        }

        double Weight(TaskLoad task) => (1.0 / all.Count) + Traffic(task);

        double Traffic(TaskLoad task) => (records > 0 ? task.Records / records / 2 : 0) + (bytes > 0 ? task.Bytes / bytes / 2 : 0);

        static bool IsEven(Dictionary<TWorker, double> loads)
        {
            var mean = loads.Values.Sum() / loads.Count;
            return loads.Values.Max() <= mean * (1 + Tolerance) && loads.Values.Min() >= mean * (1 - Tolerance);
        }
    }
}
