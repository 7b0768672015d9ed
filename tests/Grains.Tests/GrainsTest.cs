using Exports.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;

namespace Exports.Grains.Tests;

/// <summary>The base of tests that run a worker with all grains in a <see cref="Tests.World"/>.</summary>
public abstract class GrainsTest : IAsyncLifetime
{
    private readonly World _world = new();
    private FakeWorker _worker = null!;
    private TestSilo? _silo;

    private protected World World => _world;

    /// <summary>The grains of the worker that was started last.</summary>
    private protected IGrainFactory Grains { get; set; } = null!;

    private protected virtual GrainOptions Options => new()
    {
        WorkerId = "worker:8083",
        OffsetFlushInterval = TimeSpan.FromMilliseconds(50),
        OffsetFlushTimeout = TimeSpan.FromSeconds(2),
        ShutdownGrace = TimeSpan.FromSeconds(1),
        SupervisionInterval = TimeSpan.FromMilliseconds(100),
        RetryDelay = TimeSpan.FromMilliseconds(20),
        RetryDelayMax = TimeSpan.FromMilliseconds(200),
        MissingPartitionAge = TimeSpan.FromMilliseconds(300),
    };

    public virtual async ValueTask InitializeAsync() => await StartWorkerAsync();

    public async ValueTask DisposeAsync()
    {
        World.Storage.Faults = (_, _) => WriteFault.None;
        World.DoesDestinationHang = World.DoGroupWritesHang = false;
        await StopWorkerAsync();
        Assert.Empty(World.Violations);
        GC.SuppressFinalize(this);
    }

    private protected async Task StartWorkerAsync()
    {
        var worker = _worker = new(_world);
        _silo = await TestSilo.StartAsync(silo => Configure(silo, worker));
        Grains = _silo.Grains;
    }

    /// <summary>Gives a silo what a worker's host would.</summary>
    private protected void Configure(ISiloBuilder silo, FakeWorker worker)
    {
        silo.UseInMemoryReminderService();
        silo.Services.AddGrainStorage(GrainStorage.Name, (_, _) => _world.Storage.For(worker));
        silo.Services.AddSingleton<ITaskPipelineFactory>(worker).AddSingleton<ITopicCatalog>(worker).AddSingleton<IGroupOffsets>(worker).AddSingleton<IConnectorOffsets>(worker);
        silo.Services.AddSingleton<TimeProvider>(_world.Clock);
        silo.Services.AddExportsGrains(Options);
        silo.Services.AddLogging(logging => logging.ClearProviders());
    }

    /// <summary>Ends the worker as SIGTERM does.</summary>
    private protected virtual async Task StopWorkerAsync()
    {
        if (_silo is not null)
            await _silo.DisposeAsync();
        _silo = null;
        // On a busy machine a silo's time may be up before the last pipeline has ended; the process would end with it or without it. What
        // never ends stays, and the world complains of it.
        for (var wait = 0; wait < 500 && !_worker.IsDead && World.Pipelines.Any(pipeline => pipeline.Worker == _worker); wait++)
            await Task.Delay(10);
        _worker.Exit();
    }

    /// <summary>Says to the worker that it will be stopped, as a host does before it stops anything.</summary>
    private protected void AnnounceStop() => _silo!.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

    /// <summary>Ends the worker as SIGKILL does.</summary>
    private protected async Task KillWorkerAsync()
    {
        _worker.Kill();
        await StopWorkerAsync();
    }

    private protected IConnectorGrain Connector(string name)
    {
        CheckWorker();
        return Grains.GetGrain<IConnectorGrain>(name);
    }

    /// <summary>Throws when there is nothing to wait for, because the worker is gone.</summary>
    private protected virtual void CheckWorker()
    {
    }

    private protected ITaskGrain TaskOf(string connector, int task) => Grains.GetGrain<ITaskGrain>($"{connector}/{task}");

    private protected static Dictionary<string, string> Config(string topics, int tasksMax = 1, params (string Key, string Value)[] more)
    {
        var config = new Dictionary<string, string>
        {
            ["connector.class"] = "Fake",
            ["topics"] = topics,
            ["tasks.max"] = $"{tasksMax}",
            ["task.restart.delay.ms"] = "10",
        };
        foreach (var (key, value) in more)
            config[key] = value;
        return config;
    }

    /// <summary>Creates a connector and waits until it reads all partitions.</summary>
    private protected async Task<IConnectorGrain> CreateAsync(string name, string topics, int tasksMax = 1, params (string Key, string Value)[] more)
    {
        Assert.NotNull((await Connector(name).CreateAsync(Config(topics, tasksMax, more), TargetState.Running)).Info);
        await RunsAsync(name, tasksMax);
        return Connector(name);
    }

    /// <summary>Waits until the connector and so many tasks are RUNNING.</summary>
    private protected Task RunsAsync(string name, int tasks) => IsAsync(name, RunState.Running, [.. Enumerable.Repeat(RunState.Running, tasks)]);

    /// <summary>Waits until the connector and its tasks are in these states.</summary>
    private protected Task IsAsync(string name, RunState connector, params RunState[] tasks)
    {
        var last = "";
        return Eventually.HoldsAsync(
            async () =>
            {
                var status = await Connector(name).GetStatusAsync();
                last = status is null ? "none" : $"{status.State} {status.Trace} [{string.Join(", ", status.Tasks.Select(task => $"{task.State} {task.Trace}"))}]";
                return status?.State == connector && status.Tasks.Select(task => task.State).SequenceEqual(tasks);
            },
            () => last,
            $"{name} is {connector} [{string.Join(", ", tasks)}]");
    }

    /// <summary>Waits until all records that there are have been delivered and their offsets persisted.</summary>
    private protected Task IsDeliveredAsync(string connector) => Eventually.HoldsAsync(
        () =>
        {
            CheckWorker();
            return World.PartitionsOf(connector).Values.All(partition => partition.Delivered == partition.End && partition.Persisted == partition.End);
        },
        () => World.Storage.Read($"exports.connector/{connector}") + string.Join("\n", World.PartitionsOf(connector).Select(p => $"{p.Key}: end {p.Value.End}, delivered {p.Value.Delivered}, persisted {p.Value.Persisted}")));

    /// <summary>The partitions that each task of a connector reads, by task number. While one pipeline takes over from another there are two.</summary>
    private protected Dictionary<int, string> Reads(string connector)
        => World.Pipelines.Where(pipeline => pipeline.Spec.Connector == connector).GroupBy(pipeline => pipeline.Spec.Task).OrderBy(task => task.Key)
            .ToDictionary(task => task.Key, task => string.Join(", then ", task.Select(pipeline => string.Join(" ", pipeline.Partitions))));
}
