namespace Exports.Import;

/// <summary>The report for people.</summary>
internal static class TextReport
{
    /// <summary>Writes a table of all connectors, and under it what is to be said of each.</summary>
    public static void Write(TextWriter output, string heading, IReadOnlyList<string> remarks, IReadOnlyList<Assessment> assessments)
    {
        output.WriteLine(heading);
        foreach (var remark in remarks)
            output.WriteLine($"! {remark}");
        output.WriteLine();
        if (assessments.Count == 0)
            return;
        string[][] rows = [["NAME", "STATE THERE", "HERE", "CLASS"], .. assessments.Select(Row)];
        var widths = Enumerable.Range(0, 3).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine($"{row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2].PadRight(widths[2])}  {row[3]}");
        foreach (var assessment in assessments)
            Write(output, assessment);
        output.WriteLine();
        output.WriteLine(Summary(assessments));
    }

    private static string[] Row(Assessment assessment)
        => [assessment.Connector.Name, assessment.Connector.State, assessment.CanRun ? "can run" : "cannot run", assessment.Connector.ClassName];

    private static void Write(TextWriter output, Assessment assessment)
    {
        string[] lines =
        [
            .. assessment.Errors.Select(error => $"error: {error}"),
            .. assessment.Keys.Select(key => $"key: {key}"),
            .. assessment.Remarks.Select(remark => $"note: {remark}"),
            .. assessment.Done is { } done ? [done] : Array.Empty<string>(),
        ];
        if (lines.Length == 0)
            return;
        output.WriteLine();
        output.WriteLine(assessment.Connector.Name);
        foreach (var line in lines)
            output.WriteLine($"  {line.ReplaceLineEndings("\n    ")}");
    }

    private static string Summary(IReadOnlyList<Assessment> assessments)
    {
        var can = assessments.Count(assessment => assessment.CanRun);
        return $"{can} of {assessments.Count} connectors can run here."
            + (assessments.Any(assessment => assessment.Done is not null)
                ? " Those that were created are stopped; resume each once it is stopped there, and it goes on from its group's offsets."
                : can > 0 ? " Nothing was created; --apply does that." : "");
    }
}
