using Exports.Bench.Measurements;

namespace Exports.Bench.PassThrough;

/// <summary>Ratios beside what they ought to be. Nothing is asserted: a busy machine is no defect.</summary>
internal sealed class Ratios
{
    private readonly Table _table = new("", "median", "min–max", "target");
    private readonly List<object> _report = [];

    /// <summary>Adds a ratio.</summary>
    public void Add(string name, Spread ratio, string target = "")
    {
        _table.Add(name, Table.Fraction(ratio.Median), $"{Table.Fraction(ratio.Min)}–{Table.Fraction(ratio.Max)}", target);
        _report.Add(new { Name = name, Ratio = ratio, Target = target });
    }

    public void Print() => _table.Print();

    public object ToReport() => _report;
}
