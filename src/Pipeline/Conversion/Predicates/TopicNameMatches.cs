using System.Text.RegularExpressions;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Predicates;

/// <summary>Holds for records whose topic, as transforms have left it, matches a pattern as a whole.</summary>
public sealed class TopicNameMatches : BuiltInPredicate
{
    private const string PatternKey = "pattern";

    private Regex _pattern = null!;
    private (string Topic, bool Matches)? _last;

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(PatternKey, ConfigType.String, "What the whole name of the topic must match, in Java's syntax.")
        {
            Importance = ConfigImportance.Medium,
            Check = Compile,
        },
    ];

    /// <inheritdoc/>
    public override bool Test(in SinkRecord record)
    {
        // Records of a topic come one after the other.
        if (_last is not { } last || !ReferenceEquals(last.Topic, record.Topic))
            _last = last = (record.Topic, Matches(record.Topic));
        return last.Matches;
    }

    private protected override void Configure(ParsedConfig config) => _pattern = JavaRegex.CompileFullMatch(config.GetString(PatternKey));

    private bool Matches(string topic)
    {
        try
        {
            return _pattern.IsMatch(topic);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new DataException($"The pattern takes too long to match the topic {topic}; simplify it.", e);
        }
    }

    private static string? Compile(object? value)
    {
        if (value is not string { Length: > 0 } pattern)
            return "String must be non-empty";
        try
        {
            JavaRegex.CompileFullMatch(pattern);
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }
}
