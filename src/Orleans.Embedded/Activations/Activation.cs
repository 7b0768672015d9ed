using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>
/// The one living instance of a grain: its identity, its requests and its life. All that the grain does runs on
/// <see cref="Scheduler"/>; what others see of it is guarded by a lock.
/// </summary>
internal sealed partial class Activation : IGrainContext
{
    private static readonly Action<object?> s_pump = static activation => ((Activation)activation!).Pump();
    private static readonly Action<object?> s_activate = static activation => _ = ((Activation)activation!).ActivateAsync();

    // Guards all fields below, too.
    private readonly List<GrainRequest> _waiting = new(0);
    private readonly EmbeddedSilo _silo;
    private readonly GrainClass _grainClass;

    private List<IPersistentStateLoader>? _states;
    private HashSet<GrainTimer>? _timers;
    private Deactivation? _deactivation;
    private IServiceScope? _scope;
    private GrainReference? _reference;
    private CancellationTokenSource? _activating;
    private long _idleSince;
    private long _keepAliveUntil;
    private int _running;
    private int _runningExclusive;
    private int _runningReadOnly;
    private ActivationState _state;
    private bool _changingState = true;
    private bool _pumpPosted;

    public Activation(EmbeddedSilo silo, GrainClass grainClass, GrainId grainId)
    {
        _silo = silo;
        _grainClass = grainClass;
        GrainId = grainId;
        Scheduler = new TurnScheduler(this);
    }

    public GrainId GrainId { get; }

    public object? GrainInstance { get; private set; }

    public GrainReference GrainReference => _reference ??= _silo.References.Get(GrainId, _grainClass.PrimaryInterface);

    public IServiceProvider ActivationServices =>
        _scope?.ServiceProvider ?? throw new InvalidOperationException($"{this} has not started.");

    public Task Deactivated
    {
        get
        {
            lock (_waiting)
                return (_deactivation ??= new Deactivation()).Ended.Task;
        }
    }

    public EmbeddedSilo Silo => _silo;

    public TurnScheduler Scheduler { get; }

    private bool IsIdle => _running == 0 && _waiting.Count == 0;

    /// <summary>The activation behind a context.</summary>
    public static Activation Of(IGrainContext context) => context as Activation
        ?? throw new InvalidOperationException($"{context?.GetType().ToString() ?? "null"} is not a context of the embedded engine.");

    /// <summary>Throws unless called from code that runs on a grain's scheduler.</summary>
    public static Activation CheckAccess() => RuntimeContext.Current ?? throw new InvalidOperationException(
        "This can only be used from within a grain: the calling code left the grain's scheduler (Task.Run, ConfigureAwait(false)).");

    /// <summary>Begins to activate. Called once, by the silo; requests may come before, and wait.</summary>
    public void Start() => Scheduler.Post(s_activate, this);

    /// <summary>Takes a request.</summary>
    /// <returns>False when the activation has ended.</returns>
    public bool TryReceive(GrainRequest request)
    {
        lock (_waiting)
        {
            if (_state == ActivationState.Invalid)
                return false;

            _waiting.Add(request);
        }

        PostPump();
        return true;
    }

    /// <summary>Drops a request that waits.</summary>
    /// <returns>False when it does not wait here.</returns>
    public bool TryWithdraw(GrainRequest request)
    {
        lock (_waiting)
            return _waiting.Remove(request);
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_waiting)
        {
            if (_state >= ActivationState.Deactivating)
                return;

            _deactivation ??= new Deactivation();
            _deactivation.Reason = deactivationReason;
            _deactivation.CallOnDeactivate = _state == ActivationState.Valid;
            _deactivation.TimeLimit = new CancellationTokenSource(_silo.Collection.DeactivationTimeout, _silo.TimeProvider);
            _deactivation.Cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _deactivation.TimeLimit.Token);
            _state = ActivationState.Deactivating;

            // On the grain's own scheduler, for what hangs on this token is the grain's.
            if (_activating is not null)
                Scheduler.Post(static activation => ((Activation)activation!)._activating?.Cancel(), this);
        }

        PostPump();
    }

    /// <summary>Deactivates when nothing was asked of this activation for the collection age, and nothing forbids it.</summary>
    public void CollectIfIdle()
    {
        lock (_waiting)
        {
            if (_state != ActivationState.Valid
                || !IsIdle
                || _grainClass.KeepAlive
                || _silo.TimeProvider.GetUtcNow().UtcTicks < _keepAliveUntil
                || _silo.TimeProvider.GetElapsedTime(_idleSince) < _silo.Collection.CollectionAge)
            {
                return;
            }

            Deactivate(new DeactivationReason(
                DeactivationReasonCode.ActivationIdle, $"Nothing was asked of it for {_silo.Collection.CollectionAge}."));
        }
    }

    public void DelayDeactivation(TimeSpan timeSpan)
    {
        CheckAccess();
        var now = _silo.TimeProvider.GetUtcNow().UtcTicks;
        var until = timeSpan == Timeout.InfiniteTimeSpan || timeSpan.Ticks > long.MaxValue - now
            ? long.MaxValue
            : timeSpan <= TimeSpan.Zero ? 0 : now + timeSpan.Ticks;
        lock (_waiting)
            _keepAliveUntil = until;
    }

    public IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        if (CheckAccess() != this)
            throw new InvalidOperationException("A grain registers timers for itself only.");

        var timer = new GrainTimer(this, callback, options);
        bool ended;
        lock (_waiting)
        {
            ended = _state == ActivationState.Invalid;
            if (!ended)
                (_timers ??= []).Add(timer);
        }

        if (ended)
            timer.Dispose();
        else
            timer.Change(options.DueTime, options.Period);

        return timer;
    }

    /// <summary>Forgets a disposed timer.</summary>
    public void Remove(GrainTimer timer)
    {
        lock (_waiting)
            _timers?.Remove(timer);
    }

    /// <summary>Takes a state that is to be read before OnActivateAsync. Called while the grain is constructed.</summary>
    public void Add(IPersistentStateLoader state) => (_states ??= []).Add(state);

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override string ToString() => $"{GrainId} ({_state})";

    /// <summary>Asks for a turn in which waiting requests start and a wanted deactivation begins.</summary>
    private void PostPump()
    {
        lock (_waiting)
        {
            if (_pumpPosted)
                return;

            _pumpPosted = true;
        }

        Scheduler.Post(s_pump, this);
    }

    private void Pump()
    {
        lock (_waiting)
            _pumpPosted = false;

        while (true)
        {
            GrainRequest? request;
            lock (_waiting)
            {
                if (_changingState)
                    return;

                if (_state == ActivationState.Deactivating && _running == 0)
                {
                    _changingState = true;
                    break;
                }

                request = TakeNext();
                if (request is null)
                    return;

                _running++;
                if (request.IsReadOnly)
                    _runningReadOnly++;
                else if (!request.IsAlwaysInterleave)
                    _runningExclusive++;
            }

            var task = request.InvokeAsync(this);
            if (task.IsCompleted)
                OnEnded(request);
            else
                _ = AwaitAsync(request, task);
        }

        _ = DeactivateAsync();
    }

    private async Task AwaitAsync(GrainRequest request, Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        OnEnded(request);
        PostPump();
    }

    /// <summary>The first waiting request that may start now, in the order of arrival.</summary>
    private GrainRequest? TakeNext()
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            var request = _waiting[i];
            if (_state == ActivationState.Valid ? MayStart(request) : request.IsLocal && MayStart(request))
            {
                _waiting.RemoveAt(i);
                return request;
            }
        }

        return null;
    }

    private bool MayStart(GrainRequest request)
    {
        if (_running == 0 || request.IsAlwaysInterleave || _grainClass.Reentrant)
            return true;

        return _runningExclusive == 0 && (_runningReadOnly == 0 || request.IsReadOnly);
    }

    private void OnEnded(GrainRequest request)
    {
        lock (_waiting)
        {
            _running--;
            if (request.IsReadOnly)
                _runningReadOnly--;
            else if (!request.IsAlwaysInterleave)
                _runningExclusive--;

            if (request.IsKeepAlive)
                _idleSince = _silo.TimeProvider.GetTimestamp();
        }
    }

    private async Task ActivateAsync()
    {
        Exception? failure = null;
        using (var activating = new CancellationTokenSource(_silo.Collection.ActivationTimeout, _silo.TimeProvider))
        {
            var token = activating.Token;
            lock (_waiting)
            {
                _activating = activating;
                if (_state != ActivationState.Activating)
                    activating.Cancel();
            }

            try
            {
                await ActivateAsync(token);
            }
            catch (OperationCanceledException exception) when (token.IsCancellationRequested)
            {
                failure = new TimeoutException($"Activating {GrainId} has taken more than {_silo.Collection.ActivationTimeout}.", exception);
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            lock (_waiting)
                _activating = null;
        }

        bool failed;
        lock (_waiting)
        {
            _idleSince = _silo.TimeProvider.GetTimestamp();
            _changingState = false;
            failed = failure is not null && _state == ActivationState.Activating;
            if (failure is null && _state == ActivationState.Activating)
                _state = ActivationState.Valid;
        }

        if (failed)
        {
            Log.ActivationFailed(_silo.Logger, failure!, GrainId);
            Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationFailed, failure, "Failed to activate grain."));
        }

        PostPump();
    }

    private async Task ActivateAsync(CancellationToken token)
    {
        _scope = _silo.Services.CreateScope();
        GrainInstance = _grainClass.Create(this);
        if (_states is { } states)
        {
            _states = null;
            await Task.WhenAll(states.Select(state => state.LoadAsync(token))).WaitAsync(token);
        }

        if (GrainInstance is IGrainBase grain)
            await grain.OnActivateAsync(token).WaitAsync(token);
    }

    private async Task DeactivateAsync()
    {
        var deactivation = _deactivation!;
        var cut = deactivation.Cut!.Token;
        DisposeTimers();
        if (deactivation.CallOnDeactivate && GrainInstance is IGrainBase grain)
        {
            try
            {
                await grain.OnDeactivateAsync(deactivation.Reason, cut).WaitAsync(cut);
            }
            catch (Exception exception)
            {
                Log.DeactivationFailed(_silo.Logger, exception, GrainId);
            }
        }

        // First out of the catalog, then closed: whoever finds it closed finds the next one in the catalog.
        _silo.Remove(this);
        GrainRequest[] left;
        lock (_waiting)
        {
            _state = ActivationState.Invalid;
            left = [.. _waiting];
            _waiting.Clear();
        }

        DisposeTimers();
        try
        {
            await DisposeAsync();
        }
        catch (Exception exception)
        {
            Log.DisposingFailed(_silo.Logger, exception, GrainId);
        }

        foreach (var request in left)
        {
            if (request.IsLocal)
                continue;

            if (deactivation.Reason.Exception is { } exception)
                request.Reject(exception);
            else
                _silo.Forward(GrainId, request, deactivation.CallOnDeactivate);
        }

        deactivation.Cut.Dispose();
        deactivation.TimeLimit!.Dispose();
        deactivation.Ended.TrySetResult();
    }

    private async ValueTask DisposeAsync()
    {
        switch (GrainInstance)
        {
            case IAsyncDisposable instance:
                await instance.DisposeAsync();
                break;
            case IDisposable instance:
                instance.Dispose();
                break;
        }

        if (_scope is IAsyncDisposable scope)
            await scope.DisposeAsync();
        else
            _scope?.Dispose();
    }

    private void DisposeTimers()
    {
        GrainTimer[] timers;
        lock (_waiting)
            timers = _timers is null ? [] : [.. _timers];

        foreach (var timer in timers)
            timer.Dispose();
    }

    /// <summary>What is known of the end of an activation; made when it is wanted, or when somebody waits for it.</summary>
    private sealed class Deactivation
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public DeactivationReason Reason { get; set; }

        public bool CallOnDeactivate { get; set; }

        public CancellationTokenSource? TimeLimit { get; set; }

        public CancellationTokenSource? Cut { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Activating {Grain} failed.")]
        public static partial void ActivationFailed(ILogger logger, Exception exception, GrainId grain);

        [LoggerMessage(2, LogLevel.Error, "OnDeactivateAsync of {Grain} failed or was cut short.")]
        public static partial void DeactivationFailed(ILogger logger, Exception exception, GrainId grain);

        [LoggerMessage(3, LogLevel.Warning, "Disposing {Grain} failed.")]
        public static partial void DisposingFailed(ILogger logger, Exception exception, GrainId grain);
    }
}
