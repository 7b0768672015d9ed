namespace Exports.Harness;

/// <summary>Waits for conditions.</summary>
public static class Waiting
{
    /// <summary>Waits until a condition holds; asks every 20 ms.</summary>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="limit">How long to wait at most; by default 60 s.</param>
    /// <exception cref="TimeoutException">It did not come to hold in time.</exception>
    public static Task UntilAsync(string what, Func<bool> condition, TimeSpan? limit = null)
        => UntilAsync(what, () => Task.FromResult(condition()), limit);

    /// <summary>Waits until a count has reached a goal, for as long as it grows.</summary>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="count">The count.</param>
    /// <param name="goal">The goal.</param>
    /// <param name="patience">How long it may stand still; by default 60 s.</param>
    /// <exception cref="TimeoutException">It stood still below the goal.</exception>
    public static async Task UntilReachedAsync(string what, Func<long> count, long goal, TimeSpan? patience = null)
    {
        var limit = (long)(patience ?? TimeSpan.FromSeconds(60)).TotalMilliseconds;
        var (last, since) = (count(), Environment.TickCount64);
        while (last < goal)
        {
            await Task.Delay(20);
            var now = count();
            if (now != last)
                (last, since) = (now, Environment.TickCount64);
            else if (Environment.TickCount64 - since > limit)
                throw new TimeoutException($"Waited in vain: {what}; it stood still at {last} of {goal}.");
        }
    }

    /// <inheritdoc cref="UntilAsync(string, Func{bool}, TimeSpan?)"/>
    public static async Task UntilAsync(string what, Func<Task<bool>> condition, TimeSpan? limit = null)
    {
        var deadline = Environment.TickCount64 + (long)(limit ?? TimeSpan.FromSeconds(60)).TotalMilliseconds;
        while (!await condition())
        {
            if (Environment.TickCount64 > deadline)
                throw new TimeoutException($"Waited in vain: {what}.");
            await Task.Delay(20);
        }
    }
}
