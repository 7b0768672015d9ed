using Exports.Demo.Latency;

namespace Exports.Demo.Tests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Quantiles_are_exact_to_one_bucket()
    {
        var histogram = new LatencyHistogram();
        for (var micros = 1; micros <= 100_000; micros++)
            histogram.Add(micros);
        Assert.Equal((100_000, 100_000), (histogram.Count, histogram.Max));
        foreach (var share in new[] { 0.001, 0.5, 0.99, 0.999, 1 })
            Assert.InRange(histogram.Quantile(share), share * 100_000, share * 100_000 * (1 + 1 / 64.0) + 1);
    }

    [Fact]
    public void Every_duration_has_its_place()
    {
        foreach (var micros in new[] { 0, 1, 63, 64, 127, 128, 129, 255, 256, 1_000_000, 86_400_000_000, long.MaxValue })
        {
            var histogram = new LatencyHistogram();
            histogram.Add(micros);
            Assert.Equal((1, micros, micros), (histogram.Count, histogram.Max, histogram.Quantile(0.5)));
        }
    }

    [Fact]
    public void A_clock_that_went_back_counts_as_no_time()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(-5);
        Assert.Equal((1, 0, 0), (histogram.Count, histogram.Max, histogram.Quantile(1)));
    }

    [Fact]
    public void Nothing_has_no_quantiles() => Assert.Equal(0, new LatencyHistogram().Quantile(0.99));
}
