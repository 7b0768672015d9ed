using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Exports.Ctl.Files;
using Exports.Ctl.Output;

namespace Exports.Ctl.Commands;

/// <summary><c>tail</c>: records as they come, through converters and transforms.</summary>
internal static class TailCommand
{
    private const int MostAtOnce = 100;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly string[] s_views = ["after", "before", "both"];

    public static Command Create(CommandContext context)
    {
        var name = context.Name();
        name.Arity = ArgumentArity.ZeroOrOne;
        var file = new Option<string?>("--file", "-f") { Description = "Instead of a connector: a file with a configuration that need not exist in the worker.", HelpName = "FILE" };
        var lines = new Option<int>("--lines", "-n") { Description = "How many records to begin with, 1 to 100.", HelpName = "N", DefaultValueFactory = _ => 10 };
        lines.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() is < 1 or > MostAtOnce)
                result.AddError($"--lines is '{result.Tokens[0].Value}'; allowed: 1 to {MostAtOnce}");
        });
        var follow = new Option<bool>("--follow", "-F") { Description = "Go on with new records until Ctrl-C." };
        var view = new Option<string?>("--show") { Description = "Records as the destination gets them, as they are in Kafka, or both: after by default, both with -o json.", HelpName = string.Join('|', s_views) };
        view.AcceptOnlyFromAmong(s_views);
        var command = context.Command(
            "tail",
            "Shows the last records of a connector's topics after its converters and transforms. It delivers and commits nothing. -o json prints a record a line. Needs a worker of Exports.",
            [name, file, lines, follow, view],
            async (parsed, session, cancellationToken) =>
            {
                await session.Api.RequireExportsAsync("tail", cancellationToken);
                var shown = Shown(parsed.GetValue(view), session.Format);
                var request = Request(parsed.GetValue(name), parsed.GetValue(file), session);
                request["limit"] = parsed.GetValue(lines);
                do
                {
                    var answer = await session.Api.PreviewAsync(request, cancellationToken);
                    var records = answer.GetProperty("records");
                    foreach (var record in records.EnumerateArray())
                        Write(session, JsonObject.Create(record)!, shown);
                    await session.Output.FlushAsync(cancellationToken);
                    request["from"] = JsonArray.Create(answer.GetProperty("next"));
                    request["limit"] = MostAtOnce;
                    if (parsed.GetValue(follow) && records.GetArrayLength() < MostAtOnce)
                        await Task.Delay(s_pause, cancellationToken);
                }
                while (parsed.GetValue(follow));
                return ExitCode.Done;
            });
        command.Validators.Add(result =>
        {
            if (result.GetResult(name)?.Tokens.Count > 0 == result.GetResult(file)?.Tokens.Count > 0)
                result.AddError("give either the name of a connector or --file");
        });
        return command;
    }

    private static string Shown(string? view, OutputFormat format)
        => view is not null && format == OutputFormat.Name
            ? throw CtlException.Misuse("-o name prints where records are, without what --show chooses; allowed with --show: -o table, -o json")
            : view ?? (format == OutputFormat.Json ? "both" : "after");

    private static JsonObject Request(string? name, string? file, Session session)
    {
        if (file is null)
            return new() { ["connector"] = name };
        var definitions = ConnectorFiles.Read([file], session.Input);
        return definitions.Count == 1
            ? new() { ["config"] = definitions[0].Config.DeepClone() }
            : throw CtlException.Misuse($"{file} holds {definitions.Count} connectors; allowed: 1");
    }

    private static void Write(Session session, JsonObject record, string view)
    {
        if (session.Format == OutputFormat.Json)
        {
            if (view != "both")
                record.Remove(view == "after" ? "before" : "after");
            session.WriteLine(record);
            return;
        }

        var place = $"{record.Text("topic")}-{record.Text("partition")}@{record.Text("offset")}";
        if (session.Format == OutputFormat.Name)
        {
            session.Output.WriteLine(place);
            return;
        }

        session.Output.WriteLine($"{place}  {record.Text("timestamp")}");
        if (view is "before" or "both")
            session.Output.WriteLine($"  before {Content(record["before"])}");
        if (record["error"] is { } error)
            session.Output.WriteLine($"  error  {error.Text("stage")}: {Units.FirstLine(error.Text("message"))}");
        else if (record["dropped"] is not null)
            session.Output.WriteLine("  dropped by a transform");
        else if (view is "after" or "both")
            session.Output.WriteLine($"  after  {Content(record["after"])}");
    }

    /// <summary>Key, value and headers on one line, as JSON, in which control characters are escaped.</summary>
    private static string Content(JsonNode? record)
    {
        if (record is null)
            return "null";
        var text = $"{Json(record["key"])} = {Json(record["value"])}";
        if (record["topic"] is { } topic)
            text = $"{Units.Safe(topic.ToString())}  {text}";
        return record["headers"] is JsonObject { Count: > 0 } headers ? $"{text}  {Json(headers)}" : text;
    }

    private static string Json(JsonNode? node) => node is null ? "null" : node.ToJsonString(s_relaxed);

    private static readonly JsonSerializerOptions s_relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
