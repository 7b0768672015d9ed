using System.CommandLine;
using System.Text.Json.Nodes;
using Exports.Ctl.Files;
using Exports.Ctl.Output;

namespace Exports.Ctl.Commands;

/// <summary><c>validate</c>: has the worker check configurations.</summary>
internal static class ValidateCommand
{
    public static Command Create(CommandContext context)
    {
        var files = DefinitionOptions.Files();
        var preflight = DefinitionOptions.Preflight();
        return context.Command(
            "validate", "Has the worker check the connectors of files, and changes nothing. Exit code 1: some are wrong.", [files, preflight],
            async (parsed, session, cancellationToken) =>
            {
                if (parsed.GetValue(preflight))
                    await session.Api.RequireExportsAsync("--preflight", cancellationToken);
                var checks = await Check.AllAsync(
                    session.Api, ConnectorFiles.Read(parsed.GetValue(files)!, session.Input), parsed.GetValue(preflight), cancellationToken);
                session.Write(
                    () => new JsonArray([.. checks.Select(ToJson)]),
                    checks.Where(check => check.Errors.Count == 0).Select(check => check.Name),
                    () =>
                    {
                        foreach (var check in checks)
                            Print(session.Output, check);
                    });
                return checks.All(check => check.Errors.Count == 0) ? ExitCode.Done : ExitCode.Refused;
            });
    }

    private static void Print(TextWriter output, Check check)
    {
        output.WriteLine($"{check.Name} {(check.Errors.Count == 0 ? "is right" : $"has {check.Errors.Count} {(check.Errors.Count == 1 ? "error" : "errors")}")}");
        foreach (var error in check.Errors)
            output.WriteLine($"  error: {Units.Safe(error)}");
        foreach (var warning in check.Warnings)
            output.WriteLine($"  warning: {Units.Safe(warning)}");
    }

    private static JsonObject ToJson(Check check) => new()
    {
        ["name"] = check.Name,
        ["errors"] = new JsonArray([.. check.Errors.Select(error => (JsonNode)error)]),
        ["warnings"] = new JsonArray([.. check.Warnings.Select(warning => (JsonNode)warning)]),
    };
}
