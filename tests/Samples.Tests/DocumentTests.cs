using System.Text.RegularExpressions;

namespace Exports.Samples.Tests;

/// <summary>What docs/writing-a-sink.md shows is what is built and run.</summary>
public sealed partial class DocumentTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "quoted");

    [Fact]
    public void The_document_quotes_every_line_of_the_sample_and_no_other()
    {
        var files = Directory.GetFiles(s_folder, "*.cs*").ToDictionary(path => Path.GetFileName(path), File.ReadAllText);
        var document = File.ReadAllText(Path.Combine(s_folder, "writing-a-sink.md"));
        string[] blocks = [.. Block().Matches(document).Select(match => match.Groups[1].Value)];

        Assert.True(files.Count >= 5, "the sample's files are not there");
        Assert.All(blocks, block => Assert.Contains(files.Values, text => text.Contains(block, StringComparison.Ordinal)));
        foreach (var (name, text) in files)
        {
            // What is left when all that is quoted has been taken out.
            var rest = blocks.Where(block => text.Contains(block, StringComparison.Ordinal))
                .Aggregate(text, (left, block) => left.Replace(block, "", StringComparison.Ordinal));
            Assert.True(rest.Trim().Length == 0, $"The document does not quote this of {name}:\n{rest}");
        }
    }

    [GeneratedRegex(@"^```(?:csharp|xml)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
