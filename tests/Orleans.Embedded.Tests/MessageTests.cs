using Orleans.Concurrency;
using Orleans.Serialization;

namespace Exports.Engine.Tests;

public sealed class MessageTests : EngineTest
{
    [Fact]
    public async Task A_grain_does_not_see_what_the_caller_does_to_an_argument_afterwards()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IMessageGrain>("a");
        var holding = grain.PassAsync("gate");
        await Stage.SeenAsync("gate waits");
        var letter = Letter.Sample();
        var read = grain.DescribeAsync(letter);
        letter.Lines.Clear();
        letter.Labels["new"] = 1;
        letter.Numbers[0] = -1;
        letter.Reply!.Lines.Add("added");
        Stage.Open("gate");
        await holding;
        Assert.Equal(Letter.Sample().ToString(), await read);
    }

    [Fact]
    public async Task A_caller_does_not_see_what_the_grain_does_to_an_argument()
    {
        await using var silo = await StartAsync();
        var letter = Letter.Sample();
        await silo.Grains.GetGrain<IMessageGrain>("a").SpoilAsync(letter);
        Assert.Equal(Letter.Sample().ToString(), letter.ToString());
    }

    [Fact]
    public async Task A_result_is_the_callers_own()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IMessageGrain>("a");
        var kept = await grain.KeepAsync(Letter.Sample());
        kept.Lines.Clear();
        Assert.Equal(Letter.Sample().ToString(), (await grain.GetKeptAsync()).ToString());
    }

    [Fact]
    public async Task Everything_that_messages_are_made_of_arrives_as_it_was_sent()
    {
        await using var silo = await StartAsync();
        var sent = Parcel.Sample();
        var received = await silo.Grains.GetGrain<IMessageGrain>("a").EchoAsync(sent);
        Assert.Equal(sent.ToString(), received.ToString());
        Assert.NotSame(sent, received);
        Assert.NotSame(sent.Bytes, received.Bytes);
        Assert.NotSame(sent.Texts, received.Texts);
        Assert.NotSame(sent.Pair.Item2, received.Pair.Item2);
        Assert.Equal(sent.Insensitive["KEY"], received.Insensitive["KEY"]);
        Assert.IsType<Circle>(received.Shapes[1]);
    }

    [Fact]
    public async Task What_is_one_object_before_a_call_is_one_object_after_it()
    {
        await using var silo = await StartAsync();
        var node = new Node { Name = "n" };
        node.Next = node;
        Assert.Equal("same cyclic", await silo.Grains.GetGrain<IMessageGrain>("a").CompareAsync(node, [node]));
    }

    [Fact]
    public async Task Members_without_an_id_are_not_passed_on()
    {
        await using var silo = await StartAsync();
        var letter = Letter.Sample();
        letter.Scratch = "for myself";
        Assert.Null((await silo.Grains.GetGrain<IMessageGrain>("a").KeepAsync(letter)).Scratch);
    }

    [Fact]
    public async Task What_is_immutable_is_passed_on_as_it_is()
    {
        await using var silo = await StartAsync();
        var stamp = new Stamp { Name = "s" };
        var letter = Letter.Sample();
        var grain = silo.Grains.GetGrain<IMessageGrain>("a");
        Assert.Same(stamp, await grain.EchoStampAsync(stamp));
        Assert.Same(letter, (await grain.EchoImmutableAsync(new Immutable<Letter>(letter))).Value);
    }

    [Fact]
    public async Task A_type_that_is_not_made_for_messages_is_refused()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IMessageGrain>("a");
        var argument = await Assert.ThrowsAsync<CodecNotFoundException>(() => grain.TakeAsync(new Unmarked()));
        Assert.Contains(nameof(Unmarked), argument.Message);
        var member = await Assert.ThrowsAsync<CodecNotFoundException>(() => grain.TakeAsync(new List<object> { new Unmarked() }));
        Assert.Contains(nameof(Unmarked), member.Message);
        var result = await Assert.ThrowsAsync<CodecNotFoundException>(() => grain.GiveUnmarkedAsync());
        Assert.Contains(nameof(Unmarked), result.Message);
    }

    [Fact]
    public async Task An_exception_crosses_a_call_with_its_type_and_message()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IMessageGrain>("a");
        Assert.Equal("later", (await Assert.ThrowsAsync<LetterException>(() => grain.ThrowAsync("later", atOnce: false))).Message);
        Assert.Equal("at once", (await Assert.ThrowsAsync<LetterException>(() => grain.ThrowAsync("at once", atOnce: true))).Message);
        Assert.Equal("through", (await Assert.ThrowsAsync<LetterException>(() => grain.ThrowThroughAsync("b", "through"))).Message);
    }
}

internal interface IMessageGrain : IGrainWithStringKey
{
    Task PassAsync(string gate);

    Task<string> DescribeAsync(Letter letter);

    Task SpoilAsync(Letter letter);

    Task<Letter> KeepAsync(Letter letter);

    Task<Letter> GetKeptAsync();

    Task<Parcel> EchoAsync(Parcel parcel);

    Task<string> CompareAsync(Node node, List<Node> list);

    Task<Stamp> EchoStampAsync(Stamp stamp);

    Task<Immutable<Letter>> EchoImmutableAsync(Immutable<Letter> letter);

    Task TakeAsync(object value);

    Task<object> GiveUnmarkedAsync();

    Task ThrowAsync(string message, bool atOnce);

    Task ThrowThroughAsync(string other, string message);
}

internal sealed class MessageGrain(Stage stage) : Grain, IMessageGrain
{
    private Letter? _kept;

    public Task PassAsync(string gate) => stage.WaitAsync(gate);

    public Task<string> DescribeAsync(Letter letter) => Task.FromResult(letter.ToString());

    public Task SpoilAsync(Letter letter)
    {
        letter.Lines.Add("spoilt");
        letter.Labels.Clear();
        letter.Numbers[1] = 99;
        letter.Reply!.Lines.Clear();
        return Task.CompletedTask;
    }

    public Task<Letter> KeepAsync(Letter letter) => Task.FromResult(_kept = letter);

    public Task<Letter> GetKeptAsync() => Task.FromResult(_kept!);

    public Task<Parcel> EchoAsync(Parcel parcel) => Task.FromResult(parcel);

    public Task<string> CompareAsync(Node node, List<Node> list) =>
        Task.FromResult($"{(ReferenceEquals(node, list[0]) ? "same" : "two")} {(ReferenceEquals(node.Next, node) ? "cyclic" : "not cyclic")}");

    public Task<Stamp> EchoStampAsync(Stamp stamp) => Task.FromResult(stamp);

    public Task<Immutable<Letter>> EchoImmutableAsync(Immutable<Letter> letter) => Task.FromResult(letter);

    public Task TakeAsync(object value) => Task.CompletedTask;

    public Task<object> GiveUnmarkedAsync() => Task.FromResult<object>(new Unmarked());

    public async Task ThrowAsync(string message, bool atOnce)
    {
        if (!atOnce)
            await Task.Yield();

        throw new LetterException(message);
    }

    public Task ThrowThroughAsync(string other, string message) =>
        GrainFactory.GetGrain<IMessageGrain>(other).ThrowAsync(message, atOnce: false);
}
