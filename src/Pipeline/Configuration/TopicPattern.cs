using System.Text.RegularExpressions;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>A pattern of topic names in Java's regular expression syntax, as <c>topics.regex</c> has it. Thread-safe.</summary>
public sealed class TopicPattern
{
    private readonly string _pattern;
    private readonly Regex _regex;

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="ConfigException">It is not a regular expression, or uses what .NET has no equivalent for.</exception>
    public TopicPattern(string pattern)
    {
        _pattern = pattern;
        try
        {
            _regex = JavaRegex.CompileFullMatch(pattern);
        }
        catch (ArgumentException e)
        {
            throw new ConfigException(ConnectorKeys.TopicsRegex, pattern, Describe(e));
        }
    }

    /// <summary>Whether the whole name matches.</summary>
    /// <exception cref="ConnectException">
    /// The pattern takes too long: it has nested repetitions together with look-around or references.
    /// </exception>
    public bool Matches(string topic)
    {
        try
        {
            return _regex.IsMatch(topic);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new ConnectException($"The pattern {_pattern} of {ConnectorKeys.TopicsRegex} takes too long to match the " +
                $"topic {topic}.", e);
        }
    }

    /// <summary>The pattern as it was given.</summary>
    public override string ToString() => _pattern;

    /// <summary>What is wrong with a pattern, or null.</summary>
    internal static string? Check(object? value)
    {
        try
        {
            JavaRegex.CompileFullMatch(value as string ?? "");
            return null;
        }
        catch (ArgumentException e)
        {
            return Describe(e);
        }
    }

    private static string Describe(ArgumentException error) => $"Invalid regex: {error.Message}";
}
