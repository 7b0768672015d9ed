using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>One call of a grain: from the caller's copy of the arguments to the answer, the timeout or the caller's cancellation.</summary>
internal sealed partial class GrainCall<T>(
    GrainMethod method,
    Func<Activation, object?[], Task<T>> invoke,
    GrainReference reference,
    object?[] arguments,
    CancellationToken callerToken) : GrainRequest
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _cancellation;
    private CancellationTokenRegistration _callerCancels;
    private ITimer? _timeout;
    private Activation? _activation;

    public override bool IsAlwaysInterleave => method.IsAlwaysInterleave;

    public override bool IsReadOnly => method.IsReadOnly;

    public override bool IsKeepAlive => true;

    public override bool IsLocal => false;

    private TimeSpan Timeout => method.ResponseTimeout ?? reference.Silo.ResponseTimeout;

    public Task<T> Send()
    {
        if (callerToken.IsCancellationRequested)
            return Task.FromCanceled<T>(callerToken);

        var token = CancellationToken.None;
        if (callerToken.CanBeCanceled)
        {
            _cancellation = new CancellationTokenSource();
            token = _cancellation.Token;
        }

        method.SetToken(arguments, token);
        if (method.IsOneWay)
        {
            _answer.SetResult(default!);
            reference.Silo.Send(reference.GrainId, this);
            return _answer.Task;
        }

        _timeout = Detached.CreateTimer(reference.Silo.TimeProvider, static call => ((GrainCall<T>)call!).GiveUp(), this);
        _timeout.Change(Timeout, System.Threading.Timeout.InfiniteTimeSpan);
        _activation = reference.Silo.Send(reference.GrainId, this);
        if (_cancellation is not null)
        {
            _callerCancels = callerToken.UnsafeRegister(static (call, token) => ((GrainCall<T>)call!).Cancel(token), this);

            // The answer may have come before there was anything to let go of.
            if (_answer.Task.IsCompleted)
                Close();
        }

        return _answer.Task;
    }

    public override async Task InvokeAsync(Activation activation)
    {
        _activation = activation;
        if (_answer.Task.IsCompleted && !method.IsOneWay)
            return;

        try
        {
            var result = await invoke(activation, arguments);
            if (_answer.TrySetResult(result))
                Close();
        }
        catch (Exception exception)
        {
            // Before the answer, so that the caller's next call goes to the next activation.
            if (exception is InconsistentStateException { IsSourceActivation: true } inconsistent)
            {
                inconsistent.IsSourceActivation = false;
                activation.Deactivate(new DeactivationReason(
                    DeactivationReasonCode.ApplicationError, $"{method.Name} has let an InconsistentStateException escape: {exception.Message}"));
            }

            Reject(exception);
        }
    }

    public override void Reject(Exception exception)
    {
        if (_answer.TrySetException(exception))
            Close();
        else if (method.IsOneWay)
            Log.OneWayFailed(reference.Silo.Logger, exception, method.Name, reference.GrainId);
    }

    private void GiveUp()
    {
        if (_answer.TrySetException(new TimeoutException(
            $"{method.Name} of {reference.GrainId} has not answered within {Timeout}. The grain may still be at it.")))
        {
            Close();
        }
    }

    private void Cancel(CancellationToken token)
    {
        if (!_answer.TrySetException(new OperationCanceledException(token)))
            return;

        Close();
        if (_activation is { } activation && !activation.TryWithdraw(this))
            activation.Scheduler.Post(static cancellation => ((CancellationTokenSource)cancellation!).Cancel(), _cancellation);
    }

    /// <summary>Lets go of what waits for an answer.</summary>
    private void Close()
    {
        _timeout?.Dispose();
        _callerCancels.Unregister();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Method} of {Grain}, a one-way call, failed.")]
        public static partial void OneWayFailed(ILogger logger, Exception exception, string method, GrainId grain);
    }
}
