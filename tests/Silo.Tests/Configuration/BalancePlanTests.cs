using Exports.Silo.Engine.Cluster;

namespace Exports.Silo.Tests;

/// <summary>Which task moves to even out the workers of a cluster.</summary>
public sealed class BalancePlanTests
{
    [Fact]
    public void Tasks_move_one_by_one_until_counts_are_even_and_then_none()
    {
        var workers = Workers(9, 0, 0);
        Assert.Equal(6, Settle(workers));
        Assert.Equal([3, 3, 3], workers.Values.Select(tasks => tasks.Count));
    }

    [Fact]
    public void Rates_count_as_much_as_numbers()
    {
        // Two busy tasks and four idle ones in one worker, four idle ones in the other.
        var workers = Workers(0, 4);
        workers["w0"].AddRange([Task("busy", 0, 1000), Task("busy", 1, 1000), .. Enumerable.Range(0, 2).Select(number => Task("idle", number, 0))]);

        Settle(workers);

        Assert.All(workers.Values, tasks => Assert.Single(tasks, task => task.Connector == "busy"));
        Assert.All(workers.Values, tasks => Assert.Equal(4, tasks.Count));
    }

    [Fact]
    public void One_task_that_is_all_of_the_load_stays_where_it_is_and_so_does_what_has_just_moved()
    {
        var workers = Workers(0, 0);
        workers["w0"].Add(Task("big", 0, 1000));
        Assert.Null(Next(workers));

        workers = Workers(4, 0);
        Assert.Null(BalancePlan.Next(Of(workers), _ => false));
        Assert.Null(Next(Workers(0, 0)));
        Assert.Null(Next(Workers(5)));
    }

    [Fact]
    public void Random_loads_settle_within_as_many_moves_as_there_are_tasks_and_nobody_is_a_tenth_from_the_mean()
    {
        var random = new Random(1);
        for (var round = 0; round < 50; round++)
        {
            var workers = Workers(0, 0, 0);
            workers["w0"].AddRange(Enumerable.Range(0, 200).Select(number => Task("c", number, random.Next(1000))));

            Assert.InRange(Settle(workers), 1, 200);
            var (tasks, records) = (workers.Values.Sum(own => own.Count), workers.Values.Sum(own => own.Sum(task => task.Records)));
            var loads = workers.Values.Select(own => (1.0 * own.Count / tasks) + (own.Sum(task => task.Records) / records)).ToList();
            Assert.InRange(loads.Max() / loads.Average(), 1, 1.1);
            Assert.InRange(loads.Min() / loads.Average(), 0.9, 1);
        }
    }

    [Fact]
    public void Tasks_that_have_just_begun_count_as_what_they_did_before_or_as_the_others_do_and_move_nothing_by_what_they_do_at_first()
    {
        var workers = Workers(0, 0);
        workers["w0"].AddRange([Task("c", 0, 100), Task("c", 1, 300)]);
        workers["w1"].AddRange([Task("c", 2, 0) with { IsSettled = false }, Task("c", 3, 5_000) with { IsSettled = false }]);
        Assert.NotNull(Next(workers));

        var estimated = BalancePlan.Estimate(Of(workers), _ => null);
        Assert.Equal([200.0, 200], estimated["w1"].Select(task => task.Records));
        Assert.Equal([100.0, 300], estimated["w0"].Select(task => task.Records));
        Assert.Null(BalancePlan.Next(estimated, _ => true));

        estimated = BalancePlan.Estimate(Of(workers), task => task.Number == 3 ? Task("c", 3, 40) : null);
        Assert.Equal([200.0, 40], estimated["w1"].Select(task => task.Records));

        workers["w0"].Clear();
        Assert.All(BalancePlan.Estimate(Of(workers), _ => null)["w1"], task => Assert.Equal(0, task.Records));
    }

    private static int Settle(Dictionary<string, List<TaskLoad>> workers)
    {
        for (var moves = 0; ; moves++)
        {
            if (Next(workers) is not var (task, from, to))
                return moves;
            Assert.True(moves < 1000, "it never ends");
            Assert.True(workers[from].Remove(task));
            workers[to].Add(task);
        }
    }

    private static (TaskLoad Task, string From, string To)? Next(Dictionary<string, List<TaskLoad>> workers) => BalancePlan.Next(Of(workers), _ => true);

    private static Dictionary<string, IReadOnlyList<TaskLoad>> Of(Dictionary<string, List<TaskLoad>> workers)
        => workers.ToDictionary(worker => worker.Key, worker => (IReadOnlyList<TaskLoad>)worker.Value);

    private static Dictionary<string, List<TaskLoad>> Workers(params int[] tasks)
        => tasks.Index().ToDictionary(worker => $"w{worker.Index}", worker => Enumerable.Range(0, worker.Item).Select(number => Task($"c{worker.Index}", number, 0)).ToList());

    private static TaskLoad Task(string connector, int number, double records) => new(connector, number, records, records * 100);

    [Fact]
    public void Among_many_idle_tasks_the_busy_ones_are_evened_out_too()
    {
        // As many tasks in both, and seven busy ones beside five: the sum of all is within a tenth, what the busy ones do is not.
        var workers = new Dictionary<string, List<TaskLoad>>();
        foreach (var (worker, busy) in new[] { ("a", 7), ("b", 5) })
            workers[worker] = [.. Enumerable.Range(0, 1000).Select(number => new TaskLoad(worker, number, number < busy ? 100 : 0, number < busy ? 20_000 : 0))];

        var moves = 0;
        while (BalancePlan.Next(workers.ToDictionary(worker => worker.Key, worker => (IReadOnlyList<TaskLoad>)worker.Value), _ => true) is var (task, from, to))
        {
            Assert.True(++moves < 10, "it ends");
            workers[from].Remove(task);
            workers[to].Add(task);
        }

        Assert.All(workers.Values, tasks => Assert.Equal(6, tasks.Count(task => task.Records > 0)));
        Assert.Equal(1, moves);
    }
}
