using System.Globalization;

namespace Exports.Bench.Measurements;

/// <summary>Lines of columns for people: the first to the left, the others to the right.</summary>
internal sealed class Table(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    public void Add(params string[] row) => _rows.Add(row);

    public void Print()
    {
        var widths = Enumerable.Range(0, header.Length).Select(column => _rows.Max(row => column < row.Length ? row[column].Length : 0)).ToArray();
        foreach (var row in _rows)
        {
            Console.WriteLine("  " + string.Join("  ", row.Select((cell, column) =>
                column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
        }

        Console.WriteLine();
    }

    /// <summary>A number with thousands separated.</summary>
    public static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number with two digits behind the point.</summary>
    public static string Fraction(double number) => number.ToString("N2", CultureInfo.InvariantCulture);

    /// <summary>Bytes as MB of 10^6.</summary>
    public static string Megabytes(double bytes) => Whole(bytes / 1e6);
}
