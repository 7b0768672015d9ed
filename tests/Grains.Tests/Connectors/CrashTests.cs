using System.Globalization;

namespace Exports.Grains.Tests;

/// <summary>
/// The same work again and again, and each time the worker is killed at another of the events that it consists of: before and
/// after every write, at every start, assignment, revocation and end of a pipeline. All of them by EXPORTS_CRASH_STEP=1.
/// </summary>
public sealed class CrashTests : GrainsTest
{
    private readonly List<string> _events = [];
    private int _killAt = int.MaxValue;
    private FakeWorker? _killed;

    private static int Step => int.Parse(Environment.GetEnvironmentVariable("EXPORTS_CRASH_STEP") ?? "5", CultureInfo.InvariantCulture);

    private protected override GrainOptions Options => base.Options with
    {
        OffsetFlushInterval = TimeSpan.FromMilliseconds(10),
        SupervisionInterval = TimeSpan.FromMilliseconds(20),
        RetryDelay = TimeSpan.FromMilliseconds(5),
    };

    [Fact]
    public async Task A_worker_may_be_killed_at_any_event()
    {
        World.OnEvent = (worker, what) =>
        {
            lock (_events)
            {
                if (worker.IsDead || _events.Count >= _killAt)
                    return;
                _events.Add(what);
                if (_events.Count < _killAt)
                    return;
                _killed = worker;
                worker.Kill();
            }
        };
        var name = "c";
        for (_killAt = 1; _events.Count == 0 || _events.Count >= _killAt - Step; _killAt += Step)
        {
            _events.Clear();
            name = $"c{_killAt}";
            World.SetTopic("t", 3);
            await WorkAsync(name);
            Assert.True(World.Violations.IsEmpty, $"Killed at {_events[^1]}:\n{string.Join("\n", World.Violations)}\n{string.Join("\n", World.Moves)}");
            World.Moves.Clear();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{_events.Count} events");
        Assert.InRange(_events.Count, 60, int.MaxValue);
    }

    private protected override void CheckWorker()
    {
        if (_killed is not null)
            throw new InvalidOperationException("The worker was killed.");
    }

    private async Task WorkAsync(string name)
    {
        await DoAsync(() => Connector(name).PutConfigAsync(Config("t", 1)), () => RunsAsync(name, 1));
        await DeliverAsync(name);
        await DoAsync(() => Connector(name).PutConfigAsync(Config("t", 3)), () => RunsAsync(name, 3));
        await DeliverAsync(name);
        World.SetTopic("t", 5);
        await DoAsync(() => Connector(name).PutConfigAsync(Config("t", 2)), () => RunsAsync(name, 2));
        await DeliverAsync(name);
        await DoAsync(() => Connector(name).PutConfigAsync(Config("t", 2, ("mark", "x"))), () => RunsAsync(name, 2));
        await DoAsync(() => Connector(name).SetTargetStateAsync(TargetState.Stopped), () => IsAsync(name, RunState.Stopped));
        await DoAsync(() => Connector(name).SetTargetStateAsync(TargetState.Running), () => RunsAsync(name, 2));
        await DeliverAsync(name);
        await DoAsync(() => Connector(name).SetTargetStateAsync(TargetState.Paused), () => IsAsync(name, RunState.Paused, RunState.Paused, RunState.Paused));
        await DoAsync(() => Connector(name).PutConfigAsync(Config("t", 4)), () => IsAsync(name, RunState.Paused, [.. Enumerable.Repeat(RunState.Paused, 4)]));
        await DoAsync(() => Connector(name).SetTargetStateAsync(TargetState.Running), () => RunsAsync(name, 4));
        await DeliverAsync(name);
        Assert.Equal(5, (await Connector(name).GetOffsetsAsync())!.Offsets.Count);
        await DoAsync(() => Connector(name).DeleteAsync(), () => Eventually.HoldsAsync(() =>
        {
            CheckWorker();
            return World.Storage.Keys is ["exports.connector-index/connectors"];
        }));
        await Eventually.HoldsAsync(() => World.Pipelines.Count == 0);
    }

    private async Task DeliverAsync(string name)
    {
        World.Produce(name, "t", 3);
        await DoAsync(() => Task.CompletedTask, () => IsDeliveredAsync(name));
    }

    /// <summary>Does it as a client would: again, when the worker was lost meanwhile.</summary>
    private async Task DoAsync(Func<Task> call, Func<Task> until)
    {
        while (true)
        {
            try
            {
                await call();
                await until();
                if (_killed is null)
                    return;
            }
            catch (Exception) when (_killed is not null)
            {
                // As it must be.
            }

            await StopWorkerAsync();
            await StartWorkerAsync();
            _killed = null;
        }
    }
}
