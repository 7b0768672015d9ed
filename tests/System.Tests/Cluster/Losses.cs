namespace Exports.SystemTests.Cluster;

/// <summary>What several losses cost.</summary>
/// <param name="jitter">The longest time without a record of a partition, in seconds, while nothing is lost.</param>
internal sealed class Losses(double jitter)
{
    private readonly List<double> _outages = [];
    private readonly List<double> _gaps = [];

    public void Add(Loss loss)
    {
        _outages.AddRange(loss.Outages);
        _gaps.Add(loss.Gap);
    }

    public override string ToString()
        => $"{_outages.Count} partitions of {_gaps.Count} losses, until delivery elsewhere: median {Quantile(_outages, 0.5):0.0} s, "
            + $"worst {_outages.Max():0.0} s; longest gap of the other partitions: median {Quantile(_gaps, 0.5):0.00} s, worst {_gaps.Max():0.00} s, "
            + $"{jitter:0.00} s before";

    private static double Quantile(List<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Min(sorted.Count - 1, share * sorted.Count)];
    }
}
