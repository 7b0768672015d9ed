using System.Text.RegularExpressions;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Gives records another topic, made of the one that they have.</summary>
public sealed class RegexRouter : BuiltInTransform
{
    private const string RegexKey = "regex";
    private const string ReplacementKey = "replacement";

    private JavaReplacement _replacement = null!;
    private Regex _whole = null!;

    // Records of a topic come one after the other.
    private (string From, string To)? _last;

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(RegexKey, ConfigType.String, "What the whole name of a topic must match, in Java's syntax.")
        {
            Importance = ConfigImportance.High,
            Check = value => value is string pattern ? DescribeError(() => JavaRegex.CompileFullMatch(pattern)) : null,
        },
        new(ReplacementKey, ConfigType.String, "The new topic; $1 or ${name} stand for groups of the pattern.")
        {
            Importance = ConfigImportance.High,
        },
    ];

    /// <inheritdoc/>
    public override bool Apply(ref SinkRecord record)
    {
        if (_last is not { } last || !ReferenceEquals(last.From, record.Topic))
            _last = last = (record.Topic, Route(record.Topic));
        if (!ReferenceEquals(last.To, record.Topic))
            record = record with { OriginalTopic = record.OriginalTopic, Topic = last.To };
        return true;
    }

    private protected override IEnumerable<(string Key, string Message)> Check(ParsedConfig config)
    {
        var (pattern, replacement) = (config.GetString(RegexKey), config.GetString(ReplacementKey));
        if (DescribeError(() => new JavaReplacement(pattern, replacement)) is { } error)
            yield return (ReplacementKey, new ConfigException(ReplacementKey, replacement, error).Message);
    }

    private protected override void Configure(ParsedConfig config)
    {
        _whole = JavaRegex.CompileFullMatch(config.GetString(RegexKey));
        _replacement = new(config.GetString(RegexKey), config.GetString(ReplacementKey));
    }

    private string Route(string topic)
    {
        try
        {
            return _whole.IsMatch(topic) ? _replacement.ReplaceFirst(topic) : topic;
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new DataException($"The pattern takes too long to match the topic {topic}; simplify it.", e);
        }
    }

    private static string? DescribeError(Func<object> compile)
    {
        try
        {
            compile();
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }
}
