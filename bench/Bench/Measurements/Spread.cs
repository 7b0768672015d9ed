namespace Exports.Bench.Measurements;

/// <summary>The middle and the width of several measurements of one thing.</summary>
/// <param name="Median">The median.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
/// <param name="LowerQuartile">A quarter of them is not above this.</param>
/// <param name="UpperQuartile">A quarter of them is not below this.</param>
internal sealed record Spread(double Median, double Min, double Max, double LowerQuartile, double UpperQuartile)
{
    /// <summary>Sums up values; at least one.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return new(At(0.5), sorted[0], sorted[^1], At(0.25), At(0.75));

        double At(double share)
        {
            // Between neighbours in proportion.
            var position = share * (sorted.Length - 1);
            var below = (int)position;
            var above = Math.Min(below + 1, sorted.Length - 1);
            return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
        }
    }
}
