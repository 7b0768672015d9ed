using System.Globalization;
using static Exports.Kafka.Client.SettingRule;

namespace Exports.Kafka.Client;

/// <summary>Keys that every kind of client has, except those of security.</summary>
internal static class ConnectionRules
{
    public static IEnumerable<SettingRule> All { get; } =
    [
        new("bootstrap.servers", Roles.All, Servers),
        Refused("bootstrap.controllers", Roles.Admin, "only brokers can be asked; give bootstrap.servers"),
        Text("client.id", Roles.All),
        Text("client.rack", Roles.All),
        OneOf("client.dns.lookup", Roles.All, null, "use_all_dns_ips", "resolve_canonical_bootstrap_servers_only"),
        Number("metadata.max.age.ms", Roles.All, 1, 3_600_000, "topic.metadata.refresh.interval.ms"),
        OneOf("metadata.recovery.strategy", Roles.All, null, "none", "rebootstrap"),
        Number("metadata.recovery.rebootstrap.trigger.ms", Roles.All, 0, int.MaxValue),
        // −1 leaves the size to the operating system, which librdkafka writes as 0.
        Number("receive.buffer.bytes", Roles.All, -1, 100_000_000, "socket.receive.buffer.bytes", OrZero),
        Number("send.buffer.bytes", Roles.All, -1, 100_000_000, "socket.send.buffer.bytes", OrZero),
        new("request.timeout.ms", Roles.All, RequestTimeout),
        Number("socket.connection.setup.timeout.ms", Roles.All, 1000, int.MaxValue),
        Ignored("socket.connection.setup.timeout.max.ms", Roles.All, "the time limit of a connection does not grow here"),
        // −1 keeps idle connections, which librdkafka writes as 0.
        Number("connections.max.idle.ms", Roles.All, -1, int.MaxValue, null, OrZero),
        new("reconnect.backoff.ms", Roles.All, (t, value) => Reconnect(t, value, t.Peek("reconnect.backoff.max.ms"))),
        new("reconnect.backoff.max.ms", Roles.All, (t, value) => Reconnect(t, t.Peek("reconnect.backoff.ms"), value)),
        Number("retry.backoff.ms", Roles.All, 0, 300_000, null, AtLeastOne),
        Number("retry.backoff.max.ms", Roles.All, 0, 300_000, null, AtLeastOne),
        Boolean("enable.metrics.push", Roles.All),
        Ignored("default.api.timeout.ms", Roles.Consumer | Roles.Admin, "each question to Kafka has a time limit of its own"),
        Ignored("metric.reporters", Roles.All, Jvm),
        Ignored("metrics.num.samples", Roles.All, Jvm),
        Ignored("metrics.recording.level", Roles.All, Jvm),
        Ignored("metrics.sample.window.ms", Roles.All, Jvm),
        Ignored("auto.include.jmx.reporter", Roles.All, Jvm),
        Ignored("security.providers", Roles.All, Jvm),
        Ignored("config.providers", Roles.All, "the worker resolves placeholders"),
        new("interceptor.classes", Roles.All, Interceptors),
    ];

    private const string Jvm = "it concerns the Java virtual machine";

    private static long OrZero(long value) => Math.Max(value, 0);

    private static long AtLeastOne(long value) => Math.Max(value, 1);

    private static void Servers(Translation t, string value)
    {
        var servers = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (servers.Length == 0)
            throw new KafkaSettingException("bootstrap.servers", value, "allowed: host:port, several separated by commas");
        foreach (var server in servers)
        {
            var colon = server.LastIndexOf(':');
            if (colon <= 0
                || !int.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                || port is < 1 or > 65535)
            {
                throw new KafkaSettingException(
                    "bootstrap.servers", value, $"'{server}' is not host:port with a port from 1 to 65535");
            }
        }

        t.Put("bootstrap.servers", string.Join(',', servers), "bootstrap.servers");
    }

    /// <summary>The time that a broker may take to acknowledge, and the time until the client waits no longer.</summary>
    private static void RequestTimeout(Translation t, string value)
    {
        var number = ParseNumber("request.timeout.ms", value, 10, 300_000).ToString(CultureInfo.InvariantCulture);
        t.Put("socket.timeout.ms", number, "request.timeout.ms");
        if (t.Role == ClientRole.Producer)
            t.Put("request.timeout.ms", number, "request.timeout.ms");
    }

    /// <summary>Without a maximum of its own the back-off does not grow; a maximum below the initial value lowers that.</summary>
    private static void Reconnect(Translation t, string? initial, string? max)
    {
        var most = max is null ? (long?)null : ParseNumber("reconnect.backoff.max.ms", max, 0, 3_600_000);
        if (initial is null)
        {
            // librdkafka's initial back-off must not be above its maximum, and is 100 ms unless it is set.
            t.Put("reconnect.backoff.max.ms", most!.Value.ToString(CultureInfo.InvariantCulture), "reconnect.backoff.max.ms");
            if (most < 100)
                t.Put("reconnect.backoff.ms", most.Value.ToString(CultureInfo.InvariantCulture), "reconnect.backoff.max.ms");
            return;
        }

        var first = ParseNumber("reconnect.backoff.ms", initial, 0, 3_600_000);
        most ??= first;
        t.Put(
            "reconnect.backoff.ms", Math.Min(first, most.Value).ToString(CultureInfo.InvariantCulture), "reconnect.backoff.ms");
        t.Put("reconnect.backoff.max.ms", most.Value.ToString(CultureInfo.InvariantCulture), "reconnect.backoff.max.ms");
    }

    /// <summary>An interceptor may change records, so only those that are known to watch are left out in silence.</summary>
    private static void Interceptors(Translation t, string value)
    {
        foreach (var name in value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!name.StartsWith("io.confluent.monitoring.", StringComparison.Ordinal))
            {
                throw new KafkaSettingException(
                    "interceptor.classes", value, $"'{name}' is a Java class, which cannot run here; remove it");
            }
        }

        t.Ignore("interceptor.classes", Jvm);
    }
}
