using System.Text.RegularExpressions;

namespace Exports.Kafka.Client;

/// <summary>
/// librdkafka's own names, which are accepted beside those of the Java clients: for what Java has no name for, and for
/// those who know them.
/// </summary>
internal static partial class OwnNames
{
    /// <summary>Other names of one setting, and the one that this translation uses.</summary>
    private static readonly Dictionary<string, string> s_mainNames = new(StringComparer.Ordinal)
    {
        ["metadata.broker.list"] = "bootstrap.servers",
        ["max.in.flight"] = "max.in.flight.requests.per.connection",
        ["queue.buffering.max.ms"] = "linger.ms",
        ["message.send.max.retries"] = "retries",
        ["compression.codec"] = "compression.type",
        ["request.required.acks"] = "acks",
    };

    private static readonly Dictionary<string, string> s_refused = new(StringComparer.Ordinal)
    {
        ["plugin.library.paths"] = "a configuration must not load code",
        ["ssl.engine.location"] = "a configuration must not load code",
        ["delivery.report.only.error"] = "successful deliveries must be reported",
        ["dr_cb"] = "it cannot be given as text",
        ["dr_msg_cb"] = "it cannot be given as text",
        ["log.queue"] = "where log messages go is not a choice",
        ["queuing.strategy"] = "the order of records must be kept",
    };

    /// <summary>The main name of a setting.</summary>
    public static string Main(string name) => s_mainNames.GetValueOrDefault(name, name);

    /// <exception cref="KafkaSettingException">The setting is not for configurations.</exception>
    public static void Check(string name, string value)
    {
        if (s_refused.TryGetValue(name, out var reason))
            throw new KafkaSettingException(name, value, $"not allowed: {reason}; remove it");
        // A provider is a library as well: only those that come with OpenSSL are found by a plain name.
        if (name == "ssl.providers" && !PlainNames().IsMatch(value))
            throw new KafkaSettingException(name, value, "allowed: names such as default,legacy");
    }

    [GeneratedRegex(@"\A[a-z0-9]+(\s*,\s*[a-z0-9]+)*\z")]
    private static partial Regex PlainNames();
}
