namespace Exports.Bench.Cluster;

/// <summary>How evenly something is spread over workers.</summary>
/// <param name="Shares">What each worker has.</param>
/// <param name="Deviation">How far the one that is furthest from the mean is from it, as a share of the mean.</param>
internal sealed record Evenness(IReadOnlyCollection<double> Shares, double Deviation)
{
    public static Evenness Of(IReadOnlyDictionary<string, double> shares, int workers)
    {
        // Who has nothing is not told of.
        double[] all = [.. shares.Values, .. Enumerable.Repeat(0.0, Math.Max(0, workers - shares.Count))];
        var mean = all.Average();
        return new(all, all.Max(share => Math.Abs(share - mean)) / mean);
    }
}
