namespace Exports.Grains;

/// <summary>A connector's tasks, as its grain reaches them. Calls to several tasks run side by side; one that fails stops none.</summary>
internal sealed class TaskFleet(string connector, IGrainFactory grains, TimeProvider time)
{
    /// <summary>
    /// How long a task may take to answer what it is asked or told, which it does at once. A call that was on its way to a worker that is lost
    /// may never be answered: the whole of Orleans' own time limit would be too long to wait for it.
    /// </summary>
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, long> _taken = [];
    private readonly Dictionary<int, ITaskGrain> _tasks = [];

    /// <summary>The newest plan that each task is known to have taken over.</summary>
    public IReadOnlyDictionary<int, long> Taken => _taken;

    /// <summary>The highest epoch that any task has been found to have heard of.</summary>
    public long Heard { get; private set; }

    /// <summary>The tasks' health by number, when they were last asked; empty before that.</summary>
    public IReadOnlyList<Health> Health { get; private set; } = [];

    /// <summary>A task.</summary>
    public ITaskGrain this[int number]
    {
        get
        {
            // Kept, because the engine looks a good deal up to make one, and every round of supervision asks.
            if (!_tasks.TryGetValue(number, out var task))
                _tasks[number] = task = grains.GetGrain<ITaskGrain>(new TaskId(connector, number).Key);
            return task;
        }
    }

    /// <summary>Has tasks give up partitions.</summary>
    /// <param name="epoch">The next plan's epoch.</param>
    /// <param name="losing">The partitions that each task loses; null for all.</param>
    /// <returns>What they have given up; null when a task has heard of a later plan, and a higher epoch is needed.</returns>
    public async Task<Dictionary<int, ReleaseResult>?> ReleaseAsync(long epoch, IReadOnlyDictionary<int, List<PartitionRef>?> losing)
    {
        var results = await ForAllAsync(losing.Keys, async number => (number, Result: await this[number].ReleaseAsync(epoch, losing[number])));
        foreach (var (_, result) in results)
            Heard = Math.Max(Heard, result.Epoch);
        return results.Any(entry => entry.Result.Stale) ? null : results.ToDictionary(entry => entry.number, entry => entry.Result);
    }

    /// <summary>Has tasks take over a plan.</summary>
    /// <returns>False when a task has heard of a later plan, and a higher epoch is needed.</returns>
    public async Task<bool> AssignAsync(IReadOnlyDictionary<int, TaskAssignment> assignments)
    {
        var results = await ForAllAsync(assignments.Keys, async number =>
        {
            var assignment = assignments[number];
            if (await AskAsync(number, task => task.AssignAsync(assignment)))
            {
                _taken[number] = assignment.Epoch;
                return true;
            }

            Heard = Math.Max(Heard, (await AskAsync(number, task => task.GetStatusAsync())).Heard);
            return false;
        });
        return results.All(isTaken => isTaken);
    }

    /// <summary>Asks tasks which plan they have, and so brings back those that have lost their activation.</summary>
    /// <returns>The tasks that have not taken over this plan; null when one has heard of a later one, and a higher epoch is needed.</returns>
    public async Task<List<int>?> FindLaggardsAsync(long epoch, int tasks)
    {
        var results = await ForAllAsync(
            Enumerable.Range(0, tasks), async number => (Number: number, Status: await AskAsync(number, task => task.GetStatusAsync())));
        foreach (var (number, status) in results)
        {
            Heard = Math.Max(Heard, status.Heard);
            if (status.Epoch == epoch)
                _taken[number] = epoch;
        }

        NoteHealth(results.Select(entry => entry.Status));
        return Heard > epoch ? null : [.. results.Where(entry => entry.Status.Epoch < epoch).Select(entry => entry.Number)];
    }

    /// <summary>Has tasks forget everything.</summary>
    /// <param name="numbers">The tasks.</param>
    /// <param name="epoch">The plan that has them no longer.</param>
    public Task DeleteAsync(IEnumerable<int> numbers, long epoch) => ForAllAsync(numbers, async number =>
    {
        await this[number].DeleteAsync(epoch);
        return _taken.Remove(number);
    });

    /// <summary>The tasks' states. A task that cannot be reached is UNASSIGNED, and its trace says why.</summary>
    public async Task<List<TaskState>> GetStatusAsync(int tasks, string workerId)
    {
        var states = await Task.WhenAll(Enumerable.Range(0, tasks).Select(StatusAsync));
        NoteHealth(states);
        return [.. states];

        async Task<TaskState> StatusAsync(int number)
        {
            try
            {
                return await AskAsync(number, task => task.GetStatusAsync());
            }
            catch (Exception exception)
            {
                return new(number, RunState.Unassigned, workerId, $"The task cannot be reached: {exception.Message}", 0, 0, null)
                {
                    Health = Grains.Health.Unhealthy,
                };
            }
        }
    }

    /// <summary>Where the tasks' partitions stand.</summary>
    public async Task<Dictionary<int, TaskOffsets>> GetOffsetsAsync(int tasks)
        => (await ForAllAsync(Enumerable.Range(0, tasks), async number => (number, Offsets: await AskAsync(number, task => task.GetOffsetsAsync()))))
            .ToDictionary(entry => entry.number, entry => entry.Offsets);

    /// <summary>The topics that tasks have read records of.</summary>
    public async Task<IEnumerable<string>> GetTopicsAsync(int tasks)
        => (await ForAllAsync(Enumerable.Range(0, tasks), number => AskAsync(number, task => task.GetTopicsAsync()))).SelectMany(topics => topics);

    /// <summary>Has tasks begin their lists of topics anew.</summary>
    public Task ResetTopicsAsync(int tasks) => ForAllAsync(Enumerable.Range(0, tasks), async number =>
    {
        await this[number].ResetTopicsAsync();
        return true;
    });

    private async Task<T> AskAsync<T>(int number, Func<ITaskGrain, Task<T>> question)
    {
        var call = question(this[number]);
        try
        {
            return await call.WaitAsync(s_answerLimit, time);
        }
        catch (TimeoutException) when (!call.IsCompleted)
        {
            throw new TimeoutException($"Task {number} has not answered for {s_answerLimit.TotalSeconds:0} s.");
        }
    }

    private void NoteHealth(IEnumerable<TaskState> states)
    {
        var health = states.Select(state => state.Health).ToArray();
        if (!Health.SequenceEqual(health))
            Health = health;
    }

    private static async Task<T[]> ForAllAsync<T>(IEnumerable<int> numbers, Func<int, Task<T>> call)
    {
        var calls = numbers.Select(call).ToList();
        try
        {
            return await Task.WhenAll(calls);
        }
        catch (Exception) when (calls.Count(task => task.IsFaulted) > 1)
        {
            throw new AggregateException(calls.Where(task => task.IsFaulted).Select(task => task.Exception!.InnerException!));
        }
    }
}
