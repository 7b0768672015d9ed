using Exports.Connectors.Sdk;

namespace Exports.Grains.Tests;

public sealed class ClockTests : GrainsTest
{
    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public async Task A_clock_that_is_set_by_hours_holds_up_neither_flushes_nor_restarts(int hours)
    {
        World.SetTopic("orders", 1);
        World.Produce("c", "orders", 10);
        await CreateAsync("c", "orders");
        await IsDeliveredAsync("c");

        World.Clock.Jump(TimeSpan.FromHours(hours));
        World.Produce("c", "orders", 10);
        await IsDeliveredAsync("c");

        World.Pipeline("c", 0)!.Fail(new ConnectException("The destination is on fire."));
        World.Clock.Jump(TimeSpan.FromHours(hours));
        World.Produce("c", "orders", 10);
        await IsDeliveredAsync("c");
        Assert.Equal(2, World.Starts.Count);
    }
}
