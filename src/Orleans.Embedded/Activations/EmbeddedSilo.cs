using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Reminders;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>The silo: finds or makes the activation that a request is for, collects idle ones, and ends all of them when the host stops.</summary>
internal sealed partial class EmbeddedSilo : IHostedService, IDisposable
{
    /// <summary>How many activations in a row may end while they activate before a request that waits for them is refused.</summary>
    private const int MaxStillbornActivations = 3;

    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();
    private readonly GrainManifest _manifest;
    private readonly ReminderService _reminders;
    private readonly IOptions<SiloMessagingOptions> _messaging;
    private readonly Meter _meter = new("Microsoft.Orleans");
    private ITimer? _collector;
    private volatile Phase _phase;

    public EmbeddedSilo(
        IServiceProvider services,
        GrainManifest manifest,
        DeepCopier copier,
        ReminderService reminders,
        TimeProvider timeProvider,
        IOptions<GrainCollectionOptions> collection,
        IOptions<SiloMessagingOptions> messaging,
        ILogger<EmbeddedSilo> logger)
    {
        Services = services;
        Copier = copier;
        TimeProvider = timeProvider;
        Collection = collection.Value;
        Logger = logger;
        References = new GrainReferences(this, manifest);
        _manifest = manifest;
        _reminders = reminders;
        _messaging = messaging;
        // As Orleans itself tells it.
        _meter.CreateObservableGauge("orleans-catalog-activations", () => _activations.Count);
    }

    private enum Phase
    {
        NotStarted,
        Running,
        Stopping,
        Stopped,
    }

    public IServiceProvider Services { get; }

    public DeepCopier Copier { get; }

    public TimeProvider TimeProvider { get; }

    public GrainCollectionOptions Collection { get; }

    public ILogger Logger { get; }

    public GrainReferences References { get; }

    public TimeSpan ResponseTimeout =>
        Debugger.IsAttached ? _messaging.Value.ResponseTimeoutWithDebugger : _messaging.Value.ResponseTimeout;

    /// <summary>Hands a request to the grain's activation, and makes one where there is none.</summary>
    /// <returns>The activation, or null when the request was rejected.</returns>
    public Activation? Send(GrainId grainId, GrainRequest request)
    {
        while (true)
        {
            if (!_activations.TryGetValue(grainId, out var activation))
            {
                if (_phase != Phase.Running)
                {
                    request.Reject(Unavailable(grainId));
                    return null;
                }

                activation = new Activation(this, _manifest.Get(grainId.Type), grainId);
                if (!_activations.TryAdd(grainId, activation))
                    continue;

                activation.Start();
            }

            if (activation.TryReceive(request))
                return activation;
        }
    }

    /// <summary>Sends on a request whose activation has ended before it got to it.</summary>
    /// <param name="grainId">The grain.</param>
    /// <param name="request">The request.</param>
    /// <param name="wasValid">False when that activation never took any request.</param>
    public void Forward(GrainId grainId, GrainRequest request, bool wasValid)
    {
        if (!wasValid && ++request.StillbornActivations >= MaxStillbornActivations)
        {
            request.Reject(new OrleansException(
                $"{grainId} was deactivated {request.StillbornActivations} times while it was being activated."));
            return;
        }

        Send(grainId, request);
    }

    /// <summary>Takes an activation out, that is about to end.</summary>
    public void Remove(Activation activation) => _activations.TryRemove(new(activation.GrainId, activation));

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        CheckOptions();
        _phase = Phase.Running;
        _collector = TimeProvider.CreateTimer(
            static silo => ((EmbeddedSilo)silo!).Collect(), this, Collection.CollectionQuantum, Collection.CollectionQuantum);
        await _reminders.StartAsync(this, cancellationToken);
        Log.Started(Logger);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_phase != Phase.Running)
            return;

        _collector?.Dispose();
        _reminders.StopTicks();
        _phase = Phase.Stopping;
        var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo is stopping.");
        try
        {
            // More than one round only for activations that were being made while the silo began to stop.
            while (!_activations.IsEmpty)
            {
                var ended = new List<Task>();
                foreach (var activation in _activations.Values)
                {
                    activation.Deactivate(reason, cancellationToken);
                    ended.Add(activation.Deactivated);
                }

                await Task.WhenAll(ended).WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            Log.CutShort(Logger, _activations.Count, string.Join(", ", _activations.Keys.Take(10)));
        }

        _phase = Phase.Stopped;
        await _reminders.StopTableAsync(cancellationToken);
        Log.Stopped(Logger);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _collector?.Dispose();
    }

    private SiloUnavailableException Unavailable(GrainId grainId) => new(_phase == Phase.NotStarted
        ? $"{grainId} cannot be called: the silo has not started."
        : $"{grainId} cannot be called: the silo {(_phase == Phase.Stopping ? "is stopping" : "has stopped")}.");

    private void Collect()
    {
        foreach (var (_, activation) in _activations)
            activation.CollectIfIdle();
    }

    private void CheckOptions()
    {
        Positive(nameof(Collection.CollectionQuantum), Collection.CollectionQuantum);
        Positive(nameof(Collection.ActivationTimeout), Collection.ActivationTimeout);
        Positive(nameof(Collection.DeactivationTimeout), Collection.DeactivationTimeout);
        Positive(nameof(SiloMessagingOptions.ResponseTimeout), _messaging.Value.ResponseTimeout);
        Positive(nameof(SiloMessagingOptions.ResponseTimeoutWithDebugger), _messaging.Value.ResponseTimeoutWithDebugger);
        if (Collection.CollectionAge <= Collection.CollectionQuantum)
        {
            throw new OrleansConfigurationException(
                $"CollectionAge is {Collection.CollectionAge}; it must be above CollectionQuantum, {Collection.CollectionQuantum}.");
        }

        static void Positive(string name, TimeSpan value)
        {
            if (value <= TimeSpan.Zero)
                throw new OrleansConfigurationException($"{name} is {value}; it must be above zero.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The embedded silo has started.")]
        public static partial void Started(ILogger logger);

        [LoggerMessage(2, LogLevel.Information, "The embedded silo has stopped.")]
        public static partial void Stopped(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "The time to stop was over before {Count} activations had ended: {Grains}.")]
        public static partial void CutShort(ILogger logger, int count, string grains);
    }
}
