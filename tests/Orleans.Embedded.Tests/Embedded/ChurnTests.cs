namespace Exports.Engine.Tests.Embedded;

/// <summary>Orleans refuses a request that has met two ending activations; the embedded engine sends it on.</summary>
public sealed class ChurnTests : EngineTest
{
    [Fact]
    public async Task No_call_and_no_write_is_lost_while_grains_come_and_go()
    {
        const int Grains = 20;
        const int Callers = 8;
        const int Calls = 150;
        await using var silo = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < Calls; i++)
            {
                var grain = silo.Grains.GetGrain<IStateGrain>($"{(caller + (i * 7)) % Grains}");
                await grain.AddAsync(1);
                if ((i + caller) % 3 == 0)
                    await grain.EndAsync();
            }
        })));
        var sums = await Task.WhenAll(Enumerable.Range(0, Grains).Select(i => silo.Grains.GetGrain<IStateGrain>($"{i}").AddAsync(0)));
        Assert.Equal(Callers * Calls, sums.Sum());
    }
}
