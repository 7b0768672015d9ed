using System.Net;
using Exports.Api;
using Exports.Api.Loggers;
using Exports.Connectors.Sdk;
using Exports.Observation;
using Exports.Silo.Configuration;
using Exports.Silo.Engine.Cluster;
using Exports.Silo.Logging;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Exports.Grains.Tests.Cluster;

/// <summary>
/// Several silos in this process, with the failover and the balance of workers: which pipelines move, and that the others are the
/// same before and after.
/// </summary>
public sealed class SilosTests : GrainsTest
{
    private const string Name = "c";
    private const int Tasks = 6;

    private InProcessTestCluster _cluster = null!;

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Tasks_of_a_silo_that_is_lost_go_on_elsewhere_and_no_other_is_touched()
    {
        await StartAsync(3);
        var victim = _cluster.Silos.First(silo => RunningIn(silo).Count > 0);
        var others = World.Pipelines.Except(RunningIn(victim)).ToList();

        WorkerOf(victim).Kill();
        World.Produce(Name, "t", 5);
        await _cluster.KillSiloAsync(victim);

        await IsDeliveredAsync(Name);
        await RunsAsync(Name, Tasks);
        Assert.Empty(others.Except(World.Pipelines));
        Assert.Equal(Tasks, World.Pipelines.Count);
    }

    [Fact]
    public async Task Tasks_of_a_silo_that_leaves_are_handed_over_and_nothing_comes_twice()
    {
        await StartAsync(3);
        var leaving = _cluster.Silos.First(silo => RunningIn(silo).Count > 0);
        var others = World.Pipelines.Except(RunningIn(leaving)).ToList();

        var worker = WorkerOf(leaving);
        await _cluster.StopSiloAsync(leaving);
        worker.Exit();
        World.Produce(Name, "t", 5);

        await IsDeliveredAsync(Name);
        await RunsAsync(Name, Tasks);
        Assert.Empty(others.Except(World.Pipelines));
        NothingCameTwice();
    }

    [Fact]
    public async Task Silos_that_join_get_their_share_one_task_at_a_time_and_those_that_stay_are_not_touched()
    {
        await StartAsync(1);
        var before = World.Pipelines;
        World.Moves.Clear();

        await _cluster.StartAdditionalSiloAsync();
        await _cluster.StartAdditionalSiloAsync();
        await AreBalancedAsync();
        World.Produce(Name, "t", 5);

        await IsDeliveredAsync(Name);
        Assert.Equal(Tasks / 3, before.Intersect(World.Pipelines).Count());
        NothingCameTwice();
        // Each is taken up before the next is given up.
        Assert.All(
            World.Moves.Chunk(2),
            move => Assert.Equal(("-", "+", PartitionOf(move[0])), (move[0][..1], move[1][..1], PartitionOf(move[1]))));

        static string PartitionOf(string move) => move.Split(' ')[1];
    }

    [Fact]
    public async Task A_connector_is_judged_by_its_tasks_wherever_they_live()
    {
        await StartAsync(3);
        await AreBalancedAsync();
        var task = World.Pipelines.First(pipeline => pipeline.Worker != WorkerOf(Owner()));
        await Eventually.HoldsAsync(() => HealthAtOwner() == Health.Healthy);

        World.OnStart = (spec, _) => spec.Task == task.Spec.Task ? throw new ConnectException("It is broken.") : Task.CompletedTask;
        task.Fail(new ConnectException("It is broken."));
        await Eventually.HoldsAsync(() => HealthAtOwner() == Health.Degraded);

        World.OnStart = (_, _) => Task.CompletedTask;
        await Connector(Name).RestartTaskAsync(task.Spec.Task);
        await Eventually.HoldsAsync(() => HealthAtOwner() == Health.Healthy);

        InProcessSiloHandle Owner() => _cluster.Silos.Single(silo => BoardOf(silo).Find(Name)?.Condition is not null);

        Health? HealthAtOwner() => BoardOf(Owner()).Find(Name) is { } entry ? ConnectorReading.Of(entry).Health : null;
    }

    private protected override async Task StopWorkerAsync()
    {
        await _cluster.DisposeAsync();
        foreach (var worker in World.Pipelines.Select(pipeline => pipeline.Worker).Distinct())
            worker.Exit();
    }

    /// <summary>Starts silos and a connector with a task a partition, whose first records have arrived.</summary>
    private async Task StartAsync(short silos)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            var worker = new FakeWorker(World);
            Configure(silo, worker);
            silo.Services.AddSingleton(worker);
            silo.Services.AddSingleton<ProcessLoad>();
            silo.Services.AddSingleton<IWorkerLoad, NoLoad>();
            silo.Services.AddSingleton(new ApiOptions());
            silo.Services.AddSingleton<ILoggerLevels>(new LoggerLevels(WorkerConfig.From(new Dictionary<string, string>()), TimeProvider.System));
            silo.Services.AddHostedService<BoardSampler>();
            silo.Services.AddMember(new ClusterConfig("", "test", IPAddress.Loopback, 0, 0, TimeSpan.FromMilliseconds(300)));
            silo.Configure<ClusterMembershipOptions>(membership =>
            {
                membership.ProbeTimeout = TimeSpan.FromSeconds(1);
                membership.NumMissedProbesLimit = 2;
            });
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        Grains = _cluster.Client;
        World.SetTopic("t", Tasks);
        await CreateAsync(Name, "t", Tasks);
        World.Produce(Name, "t", 5);
        await IsDeliveredAsync(Name);
    }

    private Task AreBalancedAsync() => Eventually.HoldsAsync(
        () => _cluster.Silos.All(silo => RunningIn(silo).Count == Tasks / 3), () => string.Join(", ", _cluster.Silos.Select(silo => RunningIn(silo).Count)));

    private List<FakePipeline> RunningIn(InProcessSiloHandle silo) => [.. World.Pipelines.Where(pipeline => pipeline.Worker == WorkerOf(silo))];

    private void NothingCameTwice()
        => Assert.All(World.PartitionsOf(Name).Values, partition => Assert.Equal(partition.End, partition.Deliveries));

    private static WorkerBoard BoardOf(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<WorkerBoard>();

    private static FakeWorker WorkerOf(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<FakeWorker>();

    private sealed class NoLoad : IWorkerLoad
    {
        public string Engine => "Orleans";

        public string WorkerId => "worker:8083";

        public string BootstrapServers => "";

        public long Activations => 0;

        public int Lanes => 0;

        public long BytesBuffered => 0;
    }
}
