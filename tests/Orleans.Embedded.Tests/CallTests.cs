using Orleans.Concurrency;
using Orleans.Configuration;

namespace Exports.Engine.Tests;

public sealed class CallTests : EngineTest
{
    [Fact]
    public async Task A_caller_gets_a_timeout_and_the_grain_goes_on()
    {
        await using var silo = await StartAsync(ShortTimeout);
        var grain = silo.Grains.GetGrain<ICallGrain>("a");
        await Assert.ThrowsAsync<TimeoutException>(() => grain.PassAsync("gate"));
        Assert.Equal(0, Stage.Count("gate passed"));
        Stage.Open("gate");
        await Stage.SeenAsync("gate passed");
        Assert.Equal(5, await grain.AddAsync(2, 3));
    }

    [Fact]
    public async Task A_request_whose_caller_has_given_up_is_not_begun()
    {
        await using var silo = await StartAsync(ShortTimeout);
        var grain = silo.Grains.GetGrain<ICallGrain>("a");
        var first = grain.PassAsync("first");
        await Stage.SeenAsync("first waits");
        Stage.Open("second");
        await Assert.ThrowsAsync<TimeoutException>(() => grain.PassAsync("second"));
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        Stage.Open("first");
        await Stage.SeenAsync("first passed");
        Assert.Equal(5, await grain.AddAsync(2, 3));
        Assert.Equal(0, Stage.Count("second passed"));
    }

    [Fact]
    public async Task A_method_can_have_a_timeout_of_its_own()
    {
        await using var silo = await StartAsync(builder =>
            builder.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromHours(1)));
        var call = silo.Grains.GetGrain<ICallGrain>("a").HurryAsync("gate");
        await Eventually.TrueAsync(() => call.IsCompleted, () => "a timeout");
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Stage.Open("gate");
    }

    [Fact]
    public async Task Cancelling_ends_the_callers_wait_and_reaches_the_grain()
    {
        await using var silo = await StartAsync();
        using var cancellation = new CancellationTokenSource();
        var call = silo.Grains.GetGrain<ICallGrain>("a").WaitForeverAsync("x", cancellation.Token);
        await Stage.SeenAsync("x begun");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Stage.SeenAsync("x cancelled");
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_is_not_made()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ICallGrain>("a");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => grain.WaitForeverAsync("x", new CancellationToken(true)));
        Assert.Equal(5, await grain.AddAsync(2, 3));
        Assert.Equal(0, Stage.Count("x begun"));
    }

    [Fact]
    public async Task A_grain_does_not_inherit_its_callers_context()
    {
        await using var silo = await StartAsync();
        CallGrain.Local.Value = "the caller's";
        var grain = silo.Grains.GetGrain<ICallGrain>("a");
        Assert.Null(await grain.GetLocalAsync("the grain's"));
        Assert.Null(await grain.GetLocalAsync("the grain's"));
        Assert.Equal("the caller's", CallGrain.Local.Value);
    }

    [Fact]
    public async Task A_one_way_call_does_not_wait_and_hides_what_becomes_of_it()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ICallGrain>("a");
        await grain.TellAsync("gate");
        await Stage.SeenAsync("gate waits");
        Stage.Open("gate");
        await Stage.SeenAsync("gate thrown");
    }

    [Fact]
    public async Task Value_tasks_and_inherited_and_default_methods_can_be_called()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ICallGrain>("a");
        Assert.Equal(7, await grain.MultiplyAsync(1, 7));
        await grain.NothingAsync();
        Assert.Equal("base", await grain.BaseAsync());
        Assert.Equal("base", await silo.Grains.GetGrain<IBaseCallGrain>("a").BaseAsync());
    }

    [Fact]
    public async Task An_interface_without_a_grain_class_and_an_empty_key_are_refused()
    {
        await using var silo = await StartAsync();
        var exception = Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<INobodyGrain>("a"));
        Assert.Contains(nameof(INobodyGrain), exception.Message);
        Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<ICallGrain>(" "));
    }

    private static void ShortTimeout(ISiloBuilder silo) =>
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(1));
}

internal interface IBaseCallGrain : IGrainWithStringKey
{
    Task<string> BaseAsync();
}

internal interface INobodyGrain : IGrainWithStringKey;

internal interface ICallGrain : IBaseCallGrain
{
    Task PassAsync(string gate);

    [ResponseTimeout("00:00:01")]
    Task HurryAsync(string gate);

    Task WaitForeverAsync(string name, CancellationToken token);

    [OneWay]
    Task TellAsync(string gate);

    Task<string?> GetLocalAsync(string next);

    Task<int> AddAsync(int a, int b);

    ValueTask<int> MultiplyAsync(int a, int b);

    ValueTask NothingAsync();
}

internal sealed class CallGrain(Stage stage) : Grain, ICallGrain
{
    public async Task PassAsync(string gate)
    {
        await stage.WaitAsync(gate);
        stage.Note($"{gate} passed");
    }

    public static AsyncLocal<string?> Local { get; } = new();

    public Task<string?> GetLocalAsync(string next)
    {
        var local = Local.Value;
        Local.Value = next;
        return Task.FromResult(local);
    }

    public Task HurryAsync(string gate) => stage.WaitAsync(gate);

    public async Task WaitForeverAsync(string name, CancellationToken token)
    {
        stage.Note($"{name} begun");
        try
        {
            await Task.Delay(Timeout.Infinite, token);
        }
        catch (OperationCanceledException)
        {
            stage.Note($"{name} cancelled");
            throw;
        }
    }

    public async Task TellAsync(string gate)
    {
        await stage.WaitAsync(gate);
        stage.Note($"{gate} thrown");
        throw new InvalidOperationException("Nobody hears this.");
    }

    public Task<int> AddAsync(int a, int b) => Task.FromResult(a + b);

    public ValueTask<int> MultiplyAsync(int a, int b) => new(a * b);

    public async ValueTask NothingAsync() => await Task.Yield();

    public Task<string> BaseAsync() => Task.FromResult("base");
}
