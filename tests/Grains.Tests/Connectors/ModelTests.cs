using System.Globalization;
using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Grains.Tests;

/// <summary>
/// Random work of operators, topics, destinations, storages and machines, several things at once, watched by the
/// <see cref="World"/>: no partition has two readers, no start skips what was not delivered or goes back behind what was
/// persisted. In the end all is mended, and every record must have arrived. More seeds by EXPORTS_MODEL_SEEDS=first-last.
/// </summary>
public sealed class ModelTests : GrainsTest
{
    private static readonly string[] s_connectors = ["a", "b"];
    private static readonly string[] s_topics = ["t", "u", "v"];

    private readonly StringBuilder _history = new();

    public static TheoryData<int> Seeds()
    {
        var range = (Environment.GetEnvironmentVariable("EXPORTS_MODEL_SEEDS") ?? "1-6").Split('-')
            .Select(seed => int.Parse(seed, CultureInfo.InvariantCulture)).ToList();
        return [.. Enumerable.Range(range[0], range[^1] - range[0] + 1)];
    }

    private protected override GrainOptions Options => base.Options with
    {
        OffsetFlushInterval = TimeSpan.FromMilliseconds(10),
        OffsetFlushTimeout = TimeSpan.FromMilliseconds(200),
        ShutdownGrace = TimeSpan.FromMilliseconds(100),
        SupervisionInterval = TimeSpan.FromMilliseconds(20),
        RetryDelay = TimeSpan.FromMilliseconds(5),
        RetryDelayMax = TimeSpan.FromMilliseconds(50),
        MissingPartitionAge = TimeSpan.FromMinutes(5),
    };

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_happens_nothing_is_lost_and_nothing_has_two_readers(int seed)
    {
        var random = new Random(seed);
        World.DeliversByItself = false;
        World.AssignTime = TimeSpan.FromMilliseconds(seed % 3);
        World.Grace = TimeSpan.FromMilliseconds(20);
        World.SetTopic("t", 4);
        World.SetTopic("u", 1);
        try
        {
            for (var step = 0; step < 80; step++)
            {
                await Task.WhenAll(Enumerable.Range(0, random.Next(1, 4)).Select(_ => StepAsync(random)).ToList());
                if (random.Next(3) == 0)
                    await Task.Delay(random.Next(20));
                Assert.Empty(World.Violations);
            }

            await MendAsync();
        }
        catch (Exception)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{_history}\n{string.Join("\n", World.Moves)}");
            throw;
        }
    }

    private async Task StepAsync(Random random)
    {
        var name = s_connectors[random.Next(s_connectors.Length)];
        IConnectorGrain Grain() => Connector(name); // called within a step, since it throws while the worker is down
        var pipelines = World.Pipelines;
        var pipeline = pipelines.Count == 0 ? null : pipelines[random.Next(pipelines.Count)];
        switch (random.Next(40))
        {
            case 0:
                var initial = (TargetState)random.Next(3);
                await TryAsync($"create {name} {initial}", () => Grain().CreateAsync(RandomConfig(random), initial));
                break;
            case 1 or 2 or 3:
                await TryAsync($"put {name}", () => Grain().PutConfigAsync(RandomConfig(random)));
                break;
            case 4 or 5 or 6:
                var target = (TargetState)random.Next(3);
                await TryAsync($"{target} {name}", () => Grain().SetTargetStateAsync(target));
                break;
            case 7:
                await TryAsync($"restart {name}", () => Grain().RestartAsync(random.Next(2) == 0, random.Next(2) == 0));
                break;
            case 8:
                await TryAsync($"restart task {name}", () => Grain().RestartTaskAsync(random.Next(3)));
                break;
            case 9 when random.Next(3) == 0:
                await TryAsync($"delete {name}", () => Grain().DeleteAsync());
                break;
            case 10 or 11:
                var topic = s_topics[random.Next(s_topics.Length)];
                var partitions = Math.Min(8, World.Topics.Partitions.GetValueOrDefault(topic) + random.Next(1, 3));
                Note($"{topic} has {partitions} partitions");
                World.SetTopic(topic, partitions);
                break;
            case 12 or 13 when pipeline is not null:
                Note($"fail {pipeline.Spec}");
                pipeline.Fail(new ConnectException("The model made it fail."));
                break;
            case 14:
                Note("storage is ill");
                World.Storage.Faults = (_, _) => (WriteFault)(Random.Shared.Next(8) is var kind && kind < 3 ? kind : 0);
                break;
            case 15 or 16:
                Note("storage is well");
                World.Storage.Faults = (_, _) => WriteFault.None;
                break;
            case 17:
                Note($"Kafka is down: {World.IsKafkaDown = !World.IsKafkaDown}");
                break;
            case 18:
                Note($"destination hangs: {World.DoesDestinationHang = !World.DoesDestinationHang}");
                break;
            case 19:
                Note($"flushes fail: {World.DoFlushesFail = !World.DoFlushesFail}");
                break;
            case 20:
                var keys = World.Storage.Keys;
                if (keys.Count > 0)
                {
                    var key = keys[random.Next(keys.Count)];
                    Note($"fence {key}");
                    World.Storage.Touch(key);
                }

                break;
            case < 30:
                foreach (var (created, count) in World.Topics.Partitions)
                    World.Produce(name, created, random.Next(count), random.Next(1, 5));
                break;
            case < 39:
                foreach (var some in pipelines)
                {
                    some.Deliver(random.Next(4));
                    if (random.Next(2) == 0)
                        some.Acknowledge();
                }

                break;
            default:
                var isKilled = random.Next(2) == 0;
                await RestartAsync(isKilled);
                break;
        }
    }

    private async Task RestartAsync(bool isKilled)
    {
        if (Interlocked.Exchange(ref _isRestarting, 1) == 1)
            return;
        Note(isKilled ? "kill" : "stop");
        if (isKilled)
            await KillWorkerAsync();
        else
            await StopWorkerAsync();
        await StartWorkerAsync();
        Note("started");
        _isRestarting = 0;
    }

    private int _isRestarting;

    /// <summary>Everything is well again; now every record must arrive, whatever has been.</summary>
    private async Task MendAsync()
    {
        Note("mend");
        World.Storage.Faults = (_, _) => WriteFault.None;
        World.IsKafkaDown = World.DoesDestinationHang = World.DoFlushesFail = false;
        World.DeliversByItself = true;
        foreach (var topic in s_topics)
            World.SetTopic(topic, 8);
        foreach (var name in s_connectors)
        {
            await Eventually.HoldsAsync(async () =>
                await TryAsync($"mend {name}", () => Connector(name).PutConfigAsync(Config(string.Join(',', s_topics), 3)))
                && await TryAsync($"run {name}", () => Connector(name).SetTargetStateAsync(TargetState.Running))
                && await TryAsync($"restart {name}", () => Connector(name).RestartAsync(includeTasks: true, onlyFailed: true)));
        }

        foreach (var name in s_connectors)
        {
            await RunsAsync(name, 3);
            foreach (var topic in s_topics)
                World.Produce(name, topic, 1);
            World.Deliver();
            await IsDeliveredAsync(name);
            Assert.All(Reads(name).Values, partitions => Assert.Equal(8, partitions.Split(' ').Length));
            var offsets = (await Connector(name).GetOffsetsAsync())!.Offsets;
            Assert.All(offsets, offset => Assert.Equal(World.Partition(name, offset.Topic, offset.Partition).End, offset.Offset));
            Assert.Equal(24, offsets.Count);
            Assert.Equal(3, World.Storage.Keys.Count(key => key.StartsWith($"exports.task/{name}/", StringComparison.Ordinal)));
        }

        foreach (var name in s_connectors)
            await Eventually.HoldsAsync(() => TryAsync($"delete {name}", Connector(name).DeleteAsync));
        Assert.Equal(["exports.connector-index/connectors"], World.Storage.Keys);
        Assert.Empty(World.Pipelines);
    }

    private static Dictionary<string, string> RandomConfig(Random random)
        => Config(string.Join(',', s_topics.Take(random.Next(1, 4))), random.Next(1, 5), ("mark", $"{random.Next(3)}"));

    private async Task<bool> TryAsync(string what, Func<Task> call)
    {
        Note(what);
        try
        {
            await call().WaitAsync(TimeSpan.FromSeconds(60));
            Note($"{what}: done");
            return true;
        }
        catch (TimeoutException)
        {
            throw;
        }
        catch (Exception exception)
        {
            Note($"{what}: {exception.GetType().Name} {exception.Message.Split('\n')[0]}");
            return false;
        }
    }

    private void Note(string what)
    {
        lock (_history)
            _history.AppendLine(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:ss.fff} {what}");
        World.Moves.Enqueue($"# {what}");
    }
}
