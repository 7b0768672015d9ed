namespace Exports.Pipeline.Tests;

public sealed class PartitionAcknowledgementTests
{
    [Fact]
    public void Only_what_is_acknowledged_without_a_gap_is_committable()
    {
        var partition = new PartitionAcknowledgement(100);
        var a = partition.Begin(100, 109);
        var b = partition.Begin(110, 119);
        var c = partition.Begin(120, 129);
        Assert.Equal(100, partition.Committable);

        partition.Acknowledge(c);
        Assert.Equal(100, partition.Committable);
        partition.Acknowledge(a);
        Assert.Equal(110, partition.Committable);
        partition.Acknowledge(b);
        Assert.Equal(130, partition.Committable);
        Assert.Equal(0, partition.Outstanding);
    }

    [Fact]
    public void Gaps_between_offsets_are_passed_over()
    {
        var partition = new PartitionAcknowledgement(0);
        var a = partition.Begin(7, 19);
        Assert.Equal(7, partition.Committable);
        var b = partition.Begin(50, 50);
        partition.Acknowledge(a);
        Assert.Equal(50, partition.Committable);
        partition.Acknowledge(b);
        Assert.Equal(51, partition.Committable);
    }

    [Fact]
    public void Nothing_is_known_at_the_beginning_of_a_partition_before_its_first_record()
    {
        var partition = new PartitionAcknowledgement(LanePartition.Beginning);
        Assert.Null(partition.Committable);
        partition.Begin(3, 4);
        Assert.Equal(3, partition.Committable);
    }

    [Fact]
    public void Any_order_of_acknowledgements_ends_at_the_same_offset_and_never_runs_ahead()
    {
        var random = new Random(5);
        var partition = new PartitionAcknowledgement(0);
        var open = new List<(long Number, long First)>();
        long next = 0;
        for (var step = 0; step < 10_000; step++)
        {
            if (open.Count == 0 || random.Next(2) == 0)
            {
                var first = next + random.Next(3);
                var last = first + random.Next(5);
                open.Add((partition.Begin(first, last), first));
                next = last + 1;
            }
            else
            {
                var i = random.Next(open.Count);
                partition.Acknowledge(open[i].Number);
                open.RemoveAt(i);
            }

            Assert.Equal(open.Count == 0 ? next : open.Min(o => o.First), partition.Committable);
        }
    }
}
