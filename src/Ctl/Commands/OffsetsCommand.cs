using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Exports.Ctl.Output;
using Exports.Ctl.Server;

namespace Exports.Ctl.Commands;

/// <summary><c>offsets</c>: looks at them, changes and forgets them.</summary>
internal static class OffsetsCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("offsets", "Shows the stored offsets of a connector, and changes them while it is stopped.");
        command.Add(Get(context));
        command.Add(Set(context));
        command.Add(Reset(context));
        return command;
    }

    private static Command Get(CommandContext context)
    {
        var name = context.Name();
        return context.Command(
            "get", "Shows how far each partition has been delivered. -o json prints what PATCH /connectors/{name}/offsets takes.", [name],
            async (parsed, session, cancellationToken) =>
            {
                if (session.Format == OutputFormat.Json)
                {
                    session.WriteJson(new JsonObject { ["offsets"] = await session.Api.OffsetsAsync(parsed.GetValue(name)!, cancellationToken) });
                    return ExitCode.Done;
                }

                var offsets = await session.Api.OffsetsAsync(parsed.GetValue(name)!, cancellationToken);
                var detail = await session.Api.DetailAsync(parsed.GetValue(name)!, cancellationToken);
                var ends = detail.Objects("partitions").ToDictionary(partition => $"{partition.Text("topic")}-{partition.Text("partition")}");
                JsonObject? Known(JsonObject entry) => ends.GetValueOrDefault(Partition(entry));
                session.Write(() => null, offsets.OfType<JsonObject>().Select(Partition), () => session.Show(Column<JsonObject>.Table(
                    [.. offsets.OfType<JsonObject>().OrderBy(entry => entry.Text("partition", "kafka_topic"), StringComparer.Ordinal).ThenBy(entry => entry.Number("partition", "kafka_partition"))],
                    new("TOPIC", entry => entry.Text("partition", "kafka_topic")),
                    new("PARTITION", entry => entry.Text("partition", "kafka_partition"), IsNumber: true),
                    new("OFFSET", entry => Known(entry).Text("committed_offset") ?? entry.Text("offset", "kafka_offset"), IsNumber: true),
                    new("END", entry => Known(entry).Text("end_offset"), IsNumber: true),
                    new("LAG", entry => Units.Count(Known(entry).Number("lag")), IsNumber: true))));
                return ExitCode.Done;
            });
    }

    private static Command Set(CommandContext context)
    {
        var name = context.Name();
        var to = new Option<string?>("--to")
        {
            Description = "All partitions to the earliest or latest record, to what the connector's Kafka group has committed, or to the first record of a time in ISO 8601, as in 2026-01-31T12:00:00Z.",
            HelpName = "earliest|latest|group|TIME",
        };
        to.CompletionSources.Add("earliest", "latest", "group");
        var single = new Option<string[]>("--offset")
        {
            Description = "One partition to the offset of the next record to deliver, as in orders-0=1200; orders-0=none forgets it. May be given again.",
            HelpName = "TOPIC-PARTITION=OFFSET",
        };
        single.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (Parse(token.Value) is null)
                    result.AddError($"--offset is '{token.Value}'; allowed: TOPIC-PARTITION=OFFSET, as in orders-0=1200, or TOPIC-PARTITION=none");
            }
        });
        var topics = new Option<string[]>("--topic") { Description = "With --to: only partitions of this topic. May be given again.", HelpName = "TOPIC" };
        var (restart, yes) = (Restart(), StateCommands.Yes());
        var command = context.Command("set", "Changes the offsets of a stopped connector, after asking.", [name, to, single, topics, restart, yes], async (parsed, session, cancellationToken) =>
        {
            var connector = parsed.GetValue(name)!;
            var changes = parsed.GetValue(to) is { } at
                ? await PositionsAsync(session.Api, connector, at, parsed.GetValue(topics) ?? [], cancellationToken)
                : [.. parsed.GetValue(single)!.Select(text => Parse(text)!)];
            await RequireStoppedAsync(session.Api, connector, parsed.GetValue(restart), cancellationToken);
            if (!parsed.GetValue(yes))
                session.Confirm($"{connector} will go on at {string.Join(", ", changes.Select(Described))}");
            var body = new JsonObject { ["offsets"] = new JsonArray([.. changes]) };
            return await ChangeAsync(session, connector, parsed.GetValue(restart), "offsets changed", () => session.Api.ChangeAsync(HttpMethod.Patch, connector, "/offsets", body, cancellationToken), cancellationToken);
        });
        command.Validators.Add(result =>
        {
            if (result.GetResult(to) is null == result.GetResult(single) is null)
                result.AddError("give either --to or --offset");
            else if (result.GetResult(topics) is not null && result.GetResult(to) is null)
                result.AddError("--topic goes with --to");
        });
        return command;
    }

    private static Command Reset(CommandContext context)
    {
        var (name, restart, yes) = (context.Name(), Restart(), StateCommands.Yes());
        return context.Command(
            "reset", "Forgets all offsets of a stopped connector, after asking: it begins where auto.offset.reset says.", [name, restart, yes],
            async (parsed, session, cancellationToken) =>
            {
                var connector = parsed.GetValue(name)!;
                await RequireStoppedAsync(session.Api, connector, parsed.GetValue(restart), cancellationToken);
                if (!parsed.GetValue(yes))
                    session.Confirm($"{connector} will forget all its offsets");
                return await ChangeAsync(session, connector, parsed.GetValue(restart), "offsets reset", () => session.Api.ChangeAsync(HttpMethod.Delete, connector, "/offsets", null, cancellationToken), cancellationToken);
            });
    }

    private static Option<bool> Restart() => new("--stop-and-resume")
    {
        Description = "Stop the connector first if it is not, and bring it back afterwards to the state that it was in.",
    };

    private static async Task RequireStoppedAsync(ConnectApi api, string connector, bool isStopped, CancellationToken cancellationToken)
    {
        if (!isStopped && (await api.StatusAsync(connector, cancellationToken)).Text("connector", "state") is var state and not "STOPPED")
            throw CtlException.Refused($"{connector} is {state}. Offsets are changed while a connector is STOPPED: stop it first, or say --stop-and-resume.");
    }

    private static async Task<int> ChangeAsync(
        Session session, string connector, bool isStopped, string done, Func<Task> change, CancellationToken cancellationToken)
    {
        var before = isStopped ? (await session.Api.StatusAsync(connector, cancellationToken)).Text("connector", "state") : null;
        var back = before switch
        {
            null or "STOPPED" => null,
            "PAUSED" => "pause",
            _ => "resume",
        };
        if (back is not null)
            await session.Api.ChangeAsync(HttpMethod.Put, connector, "/stop", null, cancellationToken);
        try
        {
            return Outcome.Report(session, [await Outcome.OfAsync(connector, async () =>
            {
                await change();
                return done;
            })]);
        }
        finally
        {
            // Not stopped by Ctrl-C: a connector is not left down by a change that did not come about.
            if (back is not null)
                await session.Api.ChangeAsync(HttpMethod.Put, connector, $"/{back}", null, CancellationToken.None);
        }
    }

    private static async Task<IReadOnlyList<JsonObject>> PositionsAsync(
        ConnectApi api, string connector, string at, string[] topics, CancellationToken cancellationToken)
    {
        await api.RequireExportsAsync("--to", cancellationToken);
        var positions = (await api.PositionsAsync(connector, at, cancellationToken)).OfType<JsonObject>().ToList();
        if (topics.FirstOrDefault(topic => positions.All(entry => entry.Text("partition", "kafka_topic") != topic)) is { } unknown)
            throw CtlException.Refused($"{connector} reads no topic '{unknown}'.");
        List<JsonObject> chosen = [.. positions.Where(entry => topics.Length == 0 || topics.Contains(entry.Text("partition", "kafka_topic"))).Select(entry => entry.DeepClone().AsObject())];
        return chosen.Count > 0 ? chosen : throw CtlException.Refused($"{connector} has no partitions yet.");
    }

    private static string Partition(JsonObject entry) => $"{entry.Text("partition", "kafka_topic")}-{entry.Text("partition", "kafka_partition")}";

    private static string Described(JsonObject entry) => $"{Partition(entry)}={entry.Text("offset", "kafka_offset") ?? "none"}";

    private static JsonObject? Parse(string text)
    {
        var equals = text.LastIndexOf('=');
        var dash = equals < 0 ? -1 : text.LastIndexOf('-', equals);
        if (dash <= 0 || !int.TryParse(text.AsSpan(dash + 1, equals - dash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition))
            return null;
        var offset = text[(equals + 1)..];
        JsonObject? value = null;
        if (offset != "none")
        {
            if (!long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return null;
            value = new JsonObject { ["kafka_offset"] = number };
        }

        return new() { ["partition"] = new JsonObject { ["kafka_topic"] = text[..dash], ["kafka_partition"] = partition }, ["offset"] = value };
    }
}
