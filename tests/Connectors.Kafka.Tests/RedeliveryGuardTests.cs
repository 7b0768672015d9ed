namespace Exports.Connectors.Kafka.Tests;

public sealed class RedeliveryGuardTests
{
    private readonly RedeliveryGuard _guard = new();

    [Fact]
    public void Everything_passes_before_a_failure() => Assert.True(_guard.Admits(Batch.Of("a", 0, 7, 3)));

    [Fact]
    public void What_lies_behind_a_failed_batch_waits_until_that_comes_again()
    {
        _guard.Expect(Batch.Of("a", 0, 10, 10));
        _guard.Expect(Batch.Of("a", 0, 20, 10));

        Assert.False(_guard.Admits(Batch.Of("a", 0, 30, 10)));
        Assert.False(_guard.Admits(Batch.Of("a", 0, 40, 10)));
        Assert.True(_guard.Admits(Batch.Of("a", 0, 10, 10)));
        Assert.True(_guard.Admits(Batch.Of("a", 0, 20, 10)));
        Assert.True(_guard.Admits(Batch.Of("a", 0, 30, 10)));
    }

    [Fact]
    public void What_is_delivered_again_may_be_a_part_of_what_failed()
    {
        _guard.Expect(Batch.Of("a", 0, 10, 10));

        Assert.True(_guard.Admits(Batch.Of("a", 0, 19, 5)));
        Assert.True(_guard.Admits(Batch.Of("a", 0, 24, 5)));
    }

    [Fact]
    public void Who_insists_on_going_on_is_let_through()
    {
        _guard.Expect(Batch.Of("a", 0, 10, 10));

        Assert.False(_guard.Admits(Batch.Of("a", 0, 20, 10)));
        Assert.False(_guard.Admits(Batch.Of("a", 0, 30, 10)));
        Assert.True(_guard.Admits(Batch.Of("a", 0, 20, 10)));
        Assert.True(_guard.Admits(Batch.Of("a", 0, 30, 10)));
    }

    [Fact]
    public void Other_partitions_pass()
    {
        _guard.Expect(Batch.Of("a", 0, 10, 10));

        Assert.True(_guard.Admits(Batch.Of("a", 1, 50, 10)));
        Assert.True(_guard.Admits(Batch.Of("b", 0, 50, 10)));
        Assert.False(_guard.Admits(new Batch(Batch.Record("a", 1, 60), Batch.Record("a", 0, 20))));
        Assert.False(_guard.Admits(Batch.Of("a", 0, 21, 10)));
    }
}
