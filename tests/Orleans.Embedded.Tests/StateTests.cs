using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Exports.Engine.Tests;

public sealed class StateTests : EngineTest
{
    [Fact]
    public async Task State_is_read_before_a_grain_is_activated_and_outlives_it()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("a");
        Assert.Equal("new 0 False no etag", await grain.DescribeAsync());
        await grain.SetAsync("first", 1);
        Assert.Equal("first 1 True etag", await grain.DescribeAsync());
        await grain.EndAsync();
        await Stage.SeenAsync("a deactivated ApplicationRequested");
        Assert.Equal("first 1 True etag", await grain.DescribeAsync());
        Assert.Equal(1, Stage.Count("a activated with new"));
        Assert.Equal(1, Stage.Count("a activated with first"));
    }

    [Fact]
    public async Task What_was_not_written_is_forgotten_by_the_next_read()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("a");
        await grain.SetAsync("first", 1);
        await grain.ChangeInMemoryAsync("unwritten");
        Assert.Equal("unwritten 1 True etag", await grain.DescribeAsync());
        await grain.ReadAsync();
        Assert.Equal("first 1 True etag", await grain.DescribeAsync());
    }

    [Fact]
    public async Task A_cleared_state_is_new_again()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("a");
        await grain.SetAsync("first", 1);
        await grain.ClearAsync();
        Assert.Equal("new 0 False", (await grain.DescribeAsync())[..11]);
        await grain.SetAsync("second", 2);
        Assert.Equal("second 2 True etag", await grain.DescribeAsync());
    }

    [Fact]
    public async Task A_write_with_a_stale_etag_fails_and_deactivates_the_grain()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("a");
        await grain.SetAsync("first", 1);
        await WriteBehindItsBackAsync(silo, "a", "theirs", 7);
        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.SetAsync("mine", 2));
        Assert.Equal("theirs 7 True etag", await grain.DescribeAsync());
        Assert.Equal(1, Stage.Count("a deactivated ApplicationError"));
        await grain.SetAsync("mine", 3);
        Assert.Equal("mine 3 True etag", await grain.DescribeAsync());
    }

    [Fact]
    public async Task A_stale_etag_that_the_grain_handles_itself_leaves_it_alone()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("a");
        await grain.SetAsync("first", 1);
        await WriteBehindItsBackAsync(silo, "a", "theirs", 7);
        Assert.True(await grain.TrySetAndReadAsync("mine", 2));
        Assert.Equal("theirs 7 True etag", await grain.DescribeAsync());
        Assert.DoesNotContain(Stage.Notes, note => note.StartsWith("a deactivated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stale_etag_deactivates_its_own_grain_and_none_of_the_callers()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("a");
        var caller = silo.Grains.GetGrain<IStateGrain>("caller");
        await caller.SetAsync("fine", 1);
        await grain.SetAsync("first", 1);
        await WriteBehindItsBackAsync(silo, "a", "theirs", 7);
        await Assert.ThrowsAsync<InconsistentStateException>(() => caller.SetOtherAsync("a", "mine", 2));
        await Stage.SeenAsync("a deactivated ApplicationError");
        Assert.Equal("fine 1 True etag", await caller.DescribeAsync());
        Assert.Equal(0, Stage.Count("caller deactivated ApplicationError"));
    }

    [Fact]
    public async Task Writes_of_one_state_at_the_same_time_follow_each_other()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("a");
        await grain.WriteAtOnceAsync(20);
        Assert.Equal("new 20 True etag", await grain.DescribeAsync());
        await grain.EndAsync();
        Assert.Equal("new 20 True etag", await grain.DescribeAsync());
    }

    [Fact]
    public async Task A_storage_that_fails_is_named_with_its_error()
    {
        await using var silo = await StartAsync(builder =>
            builder.Services.AddGrainStorage("broken", static (_, _) => new BrokenStorage()));
        var grain = silo.Grains.GetGrain<IBrokenStateGrain>("a");
        var exception = await Assert.ThrowsAsync<OrleansException>(() => grain.WriteAsync());
        Assert.Contains("no paper", exception.Message);
        Assert.Equal("no paper", exception.InnerException?.Message);
        Assert.Equal(2, await grain.CountAsync());
    }

    [Fact]
    public async Task State_is_out_of_bounds_for_threads_that_are_not_the_grains()
    {
        await using var silo = await StartAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Grains.GetGrain<IStateGrain>("a").TouchFromOutsideAsync());
    }

    [Fact]
    public async Task A_grain_without_its_storage_cannot_be_activated()
    {
        await using var silo = await StartAsync();
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => silo.Grains.GetGrain<IBrokenStateGrain>("a").CountAsync());
        Assert.Contains("broken", exception.ToString());
    }

    private static async Task WriteBehindItsBackAsync(TestSilo silo, string key, string text, int number)
    {
        var storage = silo.Services.GetRequiredKeyedService<IGrainStorage>("memory");
        var state = new GrainState<StoredState>();
        var grain = silo.Grains.GetGrain<IStateGrain>(key).GetGrainId();
        await storage.ReadStateAsync("stored", grain, state);
        state.State = new StoredState { Text = text, Number = number };
        await storage.WriteStateAsync("stored", grain, state);
    }
}

internal interface IStateGrain : IGrainWithStringKey
{
    Task<string> DescribeAsync();

    Task SetAsync(string text, int number);

    Task SetOtherAsync(string other, string text, int number);

    Task<int> AddAsync(int number);

    Task<bool> TrySetAndReadAsync(string text, int number);

    Task ChangeInMemoryAsync(string text);

    Task WriteAtOnceAsync(int times);

    Task ReadAsync();

    Task ClearAsync();

    Task TouchFromOutsideAsync();

    Task EndAsync();
}

internal sealed class StateGrain(Stage stage, [PersistentState("stored", "memory")] IPersistentState<StoredState> state) : Grain, IStateGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        stage.Note($"{this.GetPrimaryKeyString()} activated with {state.State.Text}");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        stage.Note($"{this.GetPrimaryKeyString()} deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task<string> DescribeAsync() => Task.FromResult(
        $"{state.State.Text} {state.State.Number} {state.RecordExists} {(state.Etag is null ? "no etag" : "etag")}");

    public Task SetAsync(string text, int number)
    {
        state.State.Text = text;
        state.State.Number = number;
        return state.WriteStateAsync();
    }

    public Task SetOtherAsync(string other, string text, int number) => GrainFactory.GetGrain<IStateGrain>(other).SetAsync(text, number);

    public async Task<int> AddAsync(int number)
    {
        state.State.Number += number;
        await state.WriteStateAsync();
        return state.State.Number;
    }

    public async Task<bool> TrySetAndReadAsync(string text, int number)
    {
        try
        {
            await SetAsync(text, number);
            return false;
        }
        catch (InconsistentStateException)
        {
            await state.ReadStateAsync();
            return true;
        }
    }

    public Task ChangeInMemoryAsync(string text)
    {
        state.State.Text = text;
        return Task.CompletedTask;
    }

    public async Task WriteAtOnceAsync(int times)
    {
        var writes = new List<Task>();
        for (var i = 0; i < times; i++)
        {
            state.State.Number++;
            writes.Add(state.WriteStateAsync());
        }

        await Task.WhenAll(writes);
    }

    public Task ReadAsync() => state.ReadStateAsync();

    public Task ClearAsync() => state.ClearStateAsync();

    public Task TouchFromOutsideAsync() => Task.Run(() => state.State.Number++);

    public Task EndAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

internal sealed class StoredState
{
    public string Text { get; set; } = "new";

    public int Number { get; set; }
}

internal interface IBrokenStateGrain : IGrainWithStringKey
{
    Task WriteAsync();

    Task<int> CountAsync();
}

internal sealed class BrokenStateGrain([PersistentState("stored", "broken")] IPersistentState<StoredState> state) : Grain, IBrokenStateGrain
{
    private int _calls;

    public Task WriteAsync()
    {
        _calls++;
        return state.WriteStateAsync();
    }

    public Task<int> CountAsync() => Task.FromResult(++_calls);
}

internal sealed class BrokenStorage : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new IOException("no paper");

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new IOException("no paper");
}
