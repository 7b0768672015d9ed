using Exports.Demo.Checks;

namespace Exports.Demo.Tests;

public sealed class BacklogTests
{
    [Fact]
    public void Seeing_an_event_takes_those_before_it_in_its_partition()
    {
        var backlog = new Backlog(2);
        foreach (var sequence in new[] { 0, 2, 4, 6 })
            backlog.Produced(0, sequence);
        backlog.Produced(1, 1);
        backlog.Seen(0, 4);
        Assert.Equal((2, 1), (backlog.Count, backlog.Highest));
        backlog.Seen(0, 2);
        Assert.Equal(2, backlog.Count);
        backlog.Seen(0, 6);
        backlog.Seen(1, 1);
        Assert.Equal((0, 0), (backlog.Count, backlog.Highest));
    }
}
