using Exports.Demo.Checks;

namespace Exports.Demo.Tests;

public sealed class DeliveryCheckTests
{
    private readonly DeliveryCheck _check = new(sequence => (int)(sequence % 2), 2);

    [Fact]
    public void Everything_once_and_in_order_is_counted_as_such()
    {
        Add(1, 0, 3, 2, 5, 4);
        Assert.Equal((6, 0, 0, 0), (_check.Distinct, _check.Duplicates, _check.OutOfOrder, _check.Missing(0, 6)));
    }

    [Fact]
    public void What_is_not_there_is_missing()
    {
        Add(0, 1, 4, 5);
        Assert.Equal(2, _check.Missing(0, 6));
        Assert.Equal(3, _check.Missing(0, 7));
        Assert.Equal(0, _check.Missing(4, 6));
        Assert.Equal(100_000, _check.Missing(6, 100_006));
    }

    [Fact]
    public void A_further_copy_is_a_duplicate_and_does_not_disturb_the_order()
    {
        Add(0, 2, 4, 2, 4, 6);
        Assert.Equal((4, 2, 0), (_check.Distinct, _check.Duplicates, _check.OutOfOrder));
    }

    [Fact]
    public void A_first_copy_behind_a_later_event_of_its_partition_is_out_of_order()
    {
        Add(0, 4, 1, 2, 3);
        Assert.Equal(1, _check.OutOfOrder);
    }

    private void Add(params ReadOnlySpan<long> sequences)
    {
        foreach (var sequence in sequences)
            _check.Add(sequence);
    }
}
