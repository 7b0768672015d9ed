using Orleans.Configuration;

namespace Exports.Engine.Tests;

public sealed class LifeTests : EngineTest
{
    [Fact]
    public async Task A_failing_activation_reaches_the_caller_and_the_next_call_tries_anew()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        Stage.Note("a fails");
        Assert.Equal("cannot", (await Assert.ThrowsAsync<NotSupportedException>(() => grain.GetActivationAsync())).Message);
        Stage.Note("a recovers");
        Assert.NotEqual(Guid.Empty, await grain.GetActivationAsync());
        Assert.Equal(2, Stage.Count("a constructed"));
        Assert.DoesNotContain(Stage.Notes, note => note.StartsWith("a deactivated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failing_activation_reaches_all_callers_that_wait_for_it()
    {
        await using var silo = await StartAsync();
        Stage.Note("a waits in activation");
        Stage.Note("a fails");
        var calls = Enumerable.Range(0, 10).Select(_ => silo.Grains.GetGrain<ILifeGrain>("a").GetActivationAsync()).ToList();
        await Stage.SeenAsync("activation waits");
        Stage.Open("activation");
        foreach (var call in calls)
            await Assert.ThrowsAsync<NotSupportedException>(() => call);
    }

    [Fact]
    public async Task A_grain_that_deactivates_itself_while_it_activates_refuses_its_callers()
    {
        await using var silo = await StartAsync();
        Stage.Note("a ends in activation");
        await Assert.ThrowsAnyAsync<OrleansException>(() => silo.Grains.GetGrain<ILifeGrain>("a").GetActivationAsync());
        Assert.Equal(0, Stage.Count("a deactivated ApplicationRequested"));
    }

    [Fact]
    public async Task A_failing_constructor_reaches_the_caller_and_the_next_call_tries_anew()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IUnbornGrain>("a");
        Assert.Contains("unborn", (await Assert.ThrowsAnyAsync<Exception>(() => grain.CallAsync())).ToString());
        Stage.Note("born");
        await grain.CallAsync();
    }

    [Fact]
    public async Task Requests_wait_until_the_activation_is_complete()
    {
        await using var silo = await StartAsync();
        Stage.Note("a waits in activation");
        var call = silo.Grains.GetGrain<ILifeGrain>("a").NoteAsync("served");
        await Stage.SeenAsync("activation waits");
        await silo.Grains.GetGrain<ILifeGrain>("b").GetActivationAsync();
        Assert.Equal(0, Stage.Count("a served"));
        Stage.Open("activation");
        await call;
    }

    [Fact]
    public async Task A_deactivated_grain_is_another_one_at_the_next_call()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        var first = await grain.GetActivationAsync();
        await grain.EndAsync();
        Assert.NotEqual(first, await grain.GetActivationAsync());
        Assert.Equal(1, Stage.Count("a deactivated ApplicationRequested"));
        Assert.Equal(1, Stage.Count("a disposed"));
    }

    [Fact]
    public async Task Deactivation_waits_for_the_request_that_runs_and_hands_on_those_that_wait()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        var running = grain.EndAndPassAsync("gate");
        await Stage.SeenAsync("gate waits");
        var waiting = Enumerable.Range(0, 5).Select(_ => grain.GetActivationAsync()).ToList();
        await silo.Grains.GetGrain<ILifeGrain>("b").GetActivationAsync();
        Assert.Equal(0, Stage.Count("a deactivated ApplicationRequested"));
        Stage.Open("gate");
        var ended = await running;
        var next = await Task.WhenAll(waiting);
        Assert.Single(next.Distinct());
        Assert.NotEqual(ended, next[0]);
        Assert.Equal(1, Stage.Count("a deactivated ApplicationRequested"));
    }

    [Fact]
    public async Task A_failing_deactivation_ends_the_activation_all_the_same()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        var first = await grain.GetActivationAsync();
        Stage.Note("a fails in deactivation");
        await grain.EndAsync();
        Assert.NotEqual(first, await grain.GetActivationAsync());
    }

    [Fact]
    public async Task A_deactivation_that_takes_too_long_is_cut()
    {
        await using var silo = await StartAsync(builder =>
            builder.Configure<GrainCollectionOptions>(options => options.DeactivationTimeout = TimeSpan.FromSeconds(1)));
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        var first = await grain.GetActivationAsync();
        await grain.EndAtAsync("never");
        await grain.EndAsync();
        Assert.NotEqual(first, await grain.GetActivationAsync());
        await Stage.SeenAsync("a was told to hurry");
    }

    [Fact]
    public async Task A_grain_can_be_told_to_end_from_its_context()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        await grain.EndByContextAsync();
        await Stage.SeenAsync("a deactivated ApplicationError");
        await Stage.SeenAsync("a context deactivated");
    }
}

internal interface ILifeGrain : IGrainWithStringKey
{
    Task<Guid> GetActivationAsync();

    Task NoteAsync(string note);

    Task PassAsync(string gate);

    Task EndAsync();

    Task EndByContextAsync();

    Task<Guid> EndAndPassAsync(string gate);

    Task EndAtAsync(string gate);

    Task DelayAsync(TimeSpan time);
}

internal sealed class LifeGrain : Grain, ILifeGrain, IDisposable
{
    private readonly Stage _stage;
    private readonly Guid _activation = Guid.NewGuid();
    private string? _gateAtEnd;

    public LifeGrain(Stage stage)
    {
        _stage = stage;
        stage.Note($"{Key} constructed");
    }

    private string Key => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (_stage.Count($"{Key} waits in activation") > 0)
            await _stage.WaitAsync("activation");

        if (_stage.Count($"{Key} ends in activation") > 0)
            DeactivateOnIdle();

        if (_stage.Count($"{Key} fails") > _stage.Count($"{Key} recovers"))
            throw new NotSupportedException("cannot");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _stage.Note($"{Key} deactivated {reason.ReasonCode}");
        using var hurry = cancellationToken.Register(() => _stage.Note($"{Key} was told to hurry"));
        if (_gateAtEnd is not null)
            await _stage.WaitAsync(_gateAtEnd);

        if (_stage.Count($"{Key} fails in deactivation") > 0)
            throw new NotSupportedException("cannot");
    }

    public Task<Guid> GetActivationAsync() => Task.FromResult(_activation);

    public Task NoteAsync(string note)
    {
        _stage.Note($"{Key} {note}");
        return Task.CompletedTask;
    }

    public async Task PassAsync(string gate)
    {
        await _stage.WaitAsync(gate);
        _stage.Note($"{Key} passed {gate}");
    }

    public Task EndAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task EndByContextAsync()
    {
        var context = GrainContext;
        var stage = _stage;
        var key = Key;
        context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, "as a test"));
        _ = Task.Run(async () =>
        {
            await context.Deactivated;
            stage.Note($"{key} context deactivated");
        });
        return Task.CompletedTask;
    }

    public async Task<Guid> EndAndPassAsync(string gate)
    {
        DeactivateOnIdle();
        await _stage.WaitAsync(gate);
        return _activation;
    }

    public Task EndAtAsync(string gate)
    {
        _gateAtEnd = gate;
        return Task.CompletedTask;
    }

    public Task DelayAsync(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public void Dispose() => _stage.Note($"{Key} disposed");
}

internal interface IKeptGrain : IGrainWithStringKey
{
    Task CallAsync();
}

[KeepAlive]
internal sealed class KeptGrain(Stage stage) : Grain, IKeptGrain
{
    public Task CallAsync() => Task.CompletedTask;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        stage.Note($"{this.GetPrimaryKeyString()} deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }
}

internal interface IUnbornGrain : IGrainWithStringKey
{
    Task CallAsync();
}

internal sealed class UnbornGrain : Grain, IUnbornGrain
{
    public UnbornGrain(Stage stage)
    {
        if (stage.Count("born") == 0)
            throw new NotSupportedException("unborn");
    }

    public Task CallAsync() => Task.CompletedTask;
}
