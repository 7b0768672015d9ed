namespace Exports.Grains;

/// <summary>
/// Decides which task reads which partitions: the numbers of partitions of any two tasks differ by at most one, and as few
/// partitions as that allows change hands. The same input gives the same plan everywhere.
/// </summary>
internal static class Planner
{
    /// <summary>Makes a plan.</summary>
    /// <param name="current">The partitions of each task so far, by task number; empty when there was no plan.</param>
    /// <param name="wanted">The partitions to read, each once.</param>
    /// <param name="tasks">The number of tasks, at least 1. Tasks beyond the number of partitions get none.</param>
    /// <returns>The partitions of each task, by task number, each list in the order of <see cref="PartitionOrder"/>.</returns>
    public static List<List<PartitionRef>> Plan(
        IReadOnlyList<IReadOnlyList<PartitionRef>> current, IReadOnlyCollection<PartitionRef> wanted, int tasks)
    {
        var free = new SortedSet<PartitionRef>(wanted, PartitionOrder.Instance);
        var (share, larger) = Math.DivRem(free.Count, tasks);
        var plan = Enumerable.Range(0, tasks)
            .Select(task => task < current.Count ? current[task].Where(free.Remove).Order(PartitionOrder.Instance).ToList() : [])
            .ToList();

        // Where not all tasks can have the same number, those that have most keep one more.
        foreach (var (rank, task) in Enumerable.Range(0, tasks).OrderByDescending(task => plan[task].Count).Index())
        {
            var quota = rank < larger ? share + 1 : share;
            if (plan[task].Count <= quota)
                continue;
            var kept = Spread(plan[task], quota);
            free.UnionWith(plan[task].Except(kept));
            plan[task] = kept;
        }

        var leastFirst = new PriorityQueue<int, (int Count, int Task)>(
            Enumerable.Range(0, tasks).Select(task => (task, (plan[task].Count, task))));
        foreach (var partition in free)
        {
            var task = leastFirst.Dequeue();
            plan[task].Add(partition);
            leastFirst.Enqueue(task, (plan[task].Count, task));
        }

        foreach (var partitions in plan)
            partitions.Sort(PartitionOrder.Instance);
        return plan;
    }

    /// <summary>Keeps partitions from all over the list, so that what is given up is a fair share of every topic.</summary>
    private static List<PartitionRef> Spread(List<PartitionRef> partitions, int count)
        => [.. Enumerable.Range(0, count).Select(i => partitions[(int)((long)i * partitions.Count / count)])];
}
