namespace Exports.Pipeline;

/// <summary>Checks that a connector names its topics in exactly one way.</summary>
internal static class TopicSubscription
{
    /// <summary>The errors, with the key that each is shown at; errors of the pattern itself are not among them.</summary>
    public static IEnumerable<(string Key, string Message)> Validate<TValue>(IReadOnlyDictionary<string, TValue> config)
    {
        var topics = Distinct((Text(ConnectorKeys.Topics) ?? "").Split(',').Select(topic => topic.Trim()));
        var pattern = Text(ConnectorKeys.TopicsRegex) ?? "";
        var hasPattern = !string.IsNullOrWhiteSpace(pattern);
        if (topics.Count > 0 == hasPattern)
        {
            var message = hasPattern
                ? "topics and topics.regex are mutually exclusive options, but both are set."
                : "Must configure one of topics or topics.regex";
            yield return (ConnectorKeys.Topics, message);
            yield return (ConnectorKeys.TopicsRegex, message);
        }

        var deadLetters = Text(ConnectorKeys.DeadLetterTopic)?.Trim() ?? "";
        if (deadLetters.Length == 0)
            yield break;
        if (topics.Contains(deadLetters))
        {
            var list = string.Join(", ", topics);
            yield return (ConnectorKeys.Topics,
                $"The DLQ topic '{deadLetters}' may not be included in the list of topics ('topics=[{list}]') " +
                "consumed by the connector");
        }
        if (hasPattern && TopicPattern.Check(pattern) is null && new TopicPattern(pattern).Matches(deadLetters))
        {
            yield return (ConnectorKeys.TopicsRegex,
                $"The DLQ topic '{deadLetters}' may not be matched by the regex for the topics ('topics.regex={pattern}') " +
                "consumed by the connector");
        }

        string? Text(string key) => config.GetValueOrDefault(key) as string;
    }

    /// <summary>The topics of a list: empty items left out, each topic once.</summary>
    public static IReadOnlyList<string> Distinct(IEnumerable<string> topics)
        => [.. topics.Where(topic => topic.Length > 0).Distinct(StringComparer.Ordinal)];
}
