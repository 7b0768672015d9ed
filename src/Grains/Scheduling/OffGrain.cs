namespace Exports.Grains;

/// <summary>
/// Calls into the data plane from a grain: on the thread pool, so that nothing in there ever runs on, or blocks, a grain's
/// scheduler; and with a time limit, so that a plugin that hangs cannot hang its grain.
/// </summary>
internal static class OffGrain
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Runs a call. Its token is cancelled at the limit. A call that does not heed that within a second is left behind, and what
    /// becomes of it is nobody's concern.
    /// </summary>
    /// <exception cref="TimeoutException">The limit is over.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled by the caller.</exception>
    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> call, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var token = either.Token;
        var running = Task.Run(() => call(token), CancellationToken.None);
        try
        {
            return await EndAsync(running, token, time);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"It took longer than {limit.TotalSeconds:0.###} s.");
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(
        Func<CancellationToken, Task> call, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken = default)
        => RunAsync(
            async token =>
            {
                await call(token).ConfigureAwait(false);
                return true;
            },
            limit,
            time,
            cancellationToken);

    private static async Task<T> EndAsync<T>(Task<T> running, CancellationToken token, TimeProvider time)
    {
        try
        {
            return await running.WaitAsync(token);
        }
        catch (OperationCanceledException) when (!running.IsCompleted)
        {
            // It has been told, and gets a moment to end in good order.
        }

        try
        {
            return await running.WaitAsync(s_patience, time);
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            _ = running.ContinueWith(
                static task => task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw new OperationCanceledException(token);
        }
    }
}
