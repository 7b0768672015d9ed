namespace Exports.Connectors.Kinesis.Tests;

public sealed class HashKeyTests
{
    [Theory]
    [InlineData(2, 2)]
    [InlineData(8, 4)]
    [InlineData(64, 8)]
    [InlineData(100, 10)]
    [InlineData(1000, 30)]
    public void Any_number_of_partitions_spreads_evenly_over_shards(int partitions, int shards)
    {
        var counts = new int[shards];
        var width = UInt128.MaxValue / (UInt128)shards + 1;
        for (var partition = 0; partition < partitions; partition++)
            counts[(int)(HashKey.Of(partition) / width)]++;

        var even = (double)partitions / shards;
        Assert.All(counts, count => Assert.InRange(count, even * 0.7 - 1, even * 1.3 + 1));
        Assert.DoesNotContain(0, counts);
    }

    [Fact]
    public void Two_partitions_never_share_a_hash_key()
        => Assert.Equal(10_000, Enumerable.Range(0, 10_000).Select(HashKey.Of).Distinct().Count());

    [Fact]
    public void The_first_partitions_are_at_the_beginning_in_the_middle_and_at_the_quarters()
    {
        var half = UInt128.One << 127;
        Assert.Equal([0, half, half / 2, half / 2 + half], Enumerable.Range(0, 4).Select(HashKey.Of));
    }
}
