using System.Globalization;
using System.Text.RegularExpressions;

namespace Exports.Operations.Tests;

/// <summary>What was scraped from <c>/metrics</c>: the samples in the order in which they were written.</summary>
internal sealed partial class Scrape
{
    private Scrape(string text, IReadOnlyList<Sample> samples)
    {
        Text = text;
        Samples = samples;
    }

    public string Text { get; }

    public IReadOnlyList<Sample> Samples { get; }

    public IEnumerable<string> Names => Samples.Select(sample => sample.Name).Distinct();

    public static Scrape Parse(string text)
        => new(text, [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(ParseLine)]);

    /// <summary>The samples of a name that have these labels.</summary>
    public IEnumerable<Sample> Find(string name, params (string Label, string Value)[] labels)
        => Samples.Where(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Label) == label.Value));

    /// <summary>The sum of the samples of a name that have these labels; there must be one.</summary>
    public double Sum(string name, params (string Label, string Value)[] labels)
    {
        var found = Find(name, labels).ToList();
        Assert.True(found.Count > 0, $"no sample of {name} with {string.Join(", ", labels)}");
        return found.Sum(sample => sample.Value);
    }

    private static Sample ParseLine(string line)
    {
        var match = Line().Match(line);
        Assert.True(match.Success, $"not a sample: {line}");
        var labels = Label().Matches(match.Groups[2].Value).ToDictionary(
            label => label.Groups[1].Value,
            label => label.Groups[2].Value.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal));
        return new(match.Groups[1].Value, labels, double.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("""^([a-z_]+)(?:\{(.*)\})? (\S+)$""")]
    private static partial Regex Line();

    [GeneratedRegex("""([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)""")]
    private static partial Regex Label();

    internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
}
