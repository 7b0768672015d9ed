namespace Exports.Grains;

/// <summary>
/// Work that a grain does in the background, on its own scheduler: one attempt at a time, and one more whenever somebody asks
/// while an attempt runs. A failed attempt is tried again after a while.
/// </summary>
internal sealed class BackgroundWork(Func<CancellationToken, Task> attempt, Backoff backoff, TimeProvider time) : IDisposable
{
    private readonly Wakeup _wakeup = new(time);
    private TaskCompletionSource? _next;
    private CancellationTokenSource? _current;
    private Task _loop = Task.CompletedTask;
    private bool _isStopped;

    /// <summary>Asks for an attempt. The task that is returned ends as an attempt does that began after this call.</summary>
    /// <param name="interrupt">Whether an attempt that waits for something shall be broken off for it.</param>
    public Task RequestAsync(bool interrupt)
    {
        ObjectDisposedException.ThrowIf(_isStopped, this);
        _next ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (interrupt)
            _current?.Cancel();
        _wakeup.Set();
        if (_loop.IsCompleted)
            _loop = RunAsync();
        return _next.Task;
    }

    /// <summary>Breaks the attempt off that runs, and waits for its end.</summary>
    public async Task StopAsync()
    {
        _isStopped = true;
        _current?.Cancel();
        _wakeup.Set();
        await _loop;
    }

    /// <inheritdoc/>
    public void Dispose() => _wakeup.Dispose();

    private async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var waiting = new List<TaskCompletionSource>();
        TimeSpan? retry = null;
        while (!_isStopped && (_next is not null || waiting.Count > 0 || retry is not null))
        {
            if (_next is not null)
                waiting.Add(_next);
            _next = null;
            using var current = _current = new CancellationTokenSource();
            try
            {
                await attempt(current.Token);
                retry = null;
                backoff.Reset();
                foreach (var waiter in waiting)
                    waiter.TrySetResult();
                waiting.Clear();
            }
            catch (OperationCanceledException) when (current.IsCancellationRequested)
            {
                // The next attempt answers those who wait as well.
            }
            catch (Exception exception)
            {
                Fail(waiting, exception);
                retry = backoff.Next();
            }
            finally
            {
                _current = null;
            }

            if (retry is { } wait && !_isStopped && _next is null)
                await _wakeup.WaitAsync(wait);
        }

        if (_next is not null)
            waiting.Add(_next);
        Fail(waiting, new ObjectDisposedException(nameof(BackgroundWork), "The grain is being deactivated."));
    }

    private static void Fail(List<TaskCompletionSource> waiting, Exception exception)
    {
        foreach (var waiter in waiting)
        {
            waiter.TrySetException(exception);
            _ = waiter.Task.Exception; // Not everybody who asks waits for the answer.
        }

        waiting.Clear();
    }
}
