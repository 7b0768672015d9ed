using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Silo.Configuration;

/// <summary>Writes docs/worker-configuration.md from the table of keys.</summary>
internal static class KeyDocumentation
{
    private const string Introduction =
        """
        # Worker configuration

        *Written by `Exports.Silo --keys`; change `src/Silo/Configuration/WorkerKeys.cs` instead of this file.*

        A worker reads the keys of a Kafka Connect worker, so a `connect-distributed.properties` or the environment of a
        Kafka Connect container does for a start. Keys come from three places; the later wins:

        1. a Java properties file, named on the command line;
        2. the environment;
        3. `--override key=value` on the command line.

        Values may hold placeholders, `${provider:path:key}`, of the providers in `config.providers`.

        An invalid value stops the start, and the exit code is 2: all values that are wrong by themselves are shown at once; then
        what does not go together; last the converters that cannot be made. An unknown key is warned about once, with the key that
        was probably meant. Keys of Kafka Connect that mean nothing here are accepted, and named in one line at start.

        ## In the environment

        As the Kafka Connect images of Confluent take them: `CONNECT_`, then the key in upper case, with `_` for a dot, `__`
        for an underscore and `___` for a dash. `CONNECT_CONSUMER_FETCH_MAX_WAIT_MS=100` is `consumer.fetch.max.wait.ms=100`.
        (Debezium's image takes the same names.) Keys with upper-case letters can only be given in a file.

        Of the names that Debezium's image takes without the prefix, these are read too; the one with the prefix wins:
        """;

    public static string Render()
    {
        var text = new StringBuilder(Introduction).Append('\n').Append('\n');
        text.Append("| Variable | Key |\n|---|---|\n");
        foreach (var (variable, key) in EnvironmentKeys.WithoutPrefix)
            text.Append($"| `{variable}` | `{key}` |\n");

        text.Append("\n## Keys\n");
        foreach (var group in WorkerKeys.Groups)
        {
            text.Append($"\n### {group}\n\n| Key | Type | Default | Allowed | What it does |\n|---|---|---|---|---|\n");
            foreach (var key in WorkerKeys.All.Where(key => key.Use == KeyUse.Used && key.Definition.Group == group))
            {
                text.Append($"| `{key.Name}` | {TypeOf(key.Definition)} | {DefaultOf(key.Definition)} | {key.Allowed} | ");
                text.Append($"{key.Definition.Documentation} |\n");
            }
        }

        text.Append("\n### Keys that begin alike\n\n| Keys | What they do |\n|---|---|\n");
        foreach (var family in WorkerKeys.Families.Where(family => family.Use == KeyUse.Used))
            text.Append($"| `{family.Prefix}*` | {family.Documentation} |\n");

        text.Append(
            """

            Every other setting of Java's Kafka clients (`security.protocol`, `sasl.*`, `ssl.*`, `client.rack`, …) may be given
            without a prefix, and then holds for every client of the worker. (Kafka Connect would use it for its own topics alone,
            and ask for it again under `consumer.` and `producer.`; such files work as they are.)

            """);
        text.Append("\n## Not implemented\n\nThese are warned about, and have no effect:\n\n| Keys | What they are |\n|---|---|\n");
        foreach (var family in WorkerKeys.Families.Where(family => family.Use == KeyUse.Warned))
            text.Append($"| other `{family.Prefix}*` | {family.Documentation} |\n");

        text.Append("\n## Not needed\n\nAccepted, without effect:\n\n| Keys | Why |\n|---|---|\n");
        foreach (var family in WorkerKeys.Families.Where(family => family.Use == KeyUse.NotNeeded))
            text.Append($"| `{family.Prefix}*` | {family.Documentation} |\n");
        foreach (var reason in WorkerKeys.All.Where(key => key.Use == KeyUse.NotNeeded).GroupBy(key => key.Definition.Documentation))
            text.Append($"| {Names(reason)} | {reason.Key} |\n");
        text.Append($"| {Names(WorkerKeys.All.Where(key => WorkerKeys.IsForConnectors(key.Name)))} | with `{WorkerKeys.WorkerRole}=api` alone: it runs no connectors, and nothing has to reach it but who asks |\n");
        return text.ToString();
    }

    private static string Names(IEnumerable<WorkerKey> keys) => string.Join(", ", keys.Select(key => $"`{key.Name}`"));

    private static string TypeOf(ConfigKey key) => key.Type.ToString().ToLowerInvariant();

    private static string DefaultOf(ConfigKey key) => key.Default is { Length: > 0 } text ? $"`{text}`" : "–";
}
