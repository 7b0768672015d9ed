using System.Text.RegularExpressions;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

/// <summary>docs/transforms.md has a section for each built-in transform and predicate, with the keys that it takes and no others.</summary>
public class DocumentTests
{
    private static readonly string s_document =
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "quoted", "transforms.md")).Replace("\r\n", "\n", StringComparison.Ordinal);

    public static TheoryData<string> Names => [.. BuiltIn().Select(plugin => plugin.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_is_documented_with_its_keys(string name)
    {
        var section = Section(name);
        var documented = Regex.Matches(section, @"^\| (`[^|]*`) \|", RegexOptions.Multiline)
            .SelectMany(row => Regex.Matches(row.Groups[1].Value, "`([^`]+)`").Select(key => key.Groups[1].Value));

        Assert.Equal(
            BuiltIn().First(plugin => plugin.Name == name).Config.Select(key => key.Name).Order(StringComparer.Ordinal),
            documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void There_are_no_sections_of_others()
        => Assert.Equal(
            BuiltIn().Select(plugin => plugin.Name).Distinct().Order(StringComparer.Ordinal),
            Regex.Matches(s_document, "^### (.+)$", RegexOptions.Multiline).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));

    private static string Section(string name)
        => s_document.Split("\n### ").SingleOrDefault(section => section.StartsWith(name + "\n", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"docs/transforms.md has no section '### {name}'.");

    private static IEnumerable<(string Name, ConfigDef Config)> BuiltIn()
        => Transforming.Plugins.Plugins
            .Where(plugin => plugin.Type is PluginType.Transformation or PluginType.Predicate)
            .Select(plugin => (
                plugin.ClassName.Split('.')[^1].Split('+')[0],
                plugin.Type == PluginType.Transformation
                    ? Transforming.Plugins.CreateTransform(plugin.ClassName).Config
                    : Transforming.Plugins.CreatePredicate(plugin.ClassName).Config));
}
