using System.CommandLine;
using System.Text.Json.Nodes;
using Exports.Ctl.Files;
using Exports.Ctl.Output;
using Exports.Ctl.Server;

namespace Exports.Ctl.Commands;

/// <summary><c>apply</c>: makes the worker have the connectors of files, all or none.</summary>
internal static class ApplyCommand
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    public static Command Create(CommandContext context)
    {
        var files = DefinitionOptions.Files();
        var dryRun = DefinitionOptions.DryRun();
        var preflight = DefinitionOptions.Preflight();
        var wait = new Option<int?>("--wait")
        {
            Description = "Wait until all their tasks run and none is in trouble; after so many seconds, 1 to 3600, end with exit code 1.",
            HelpName = "SECONDS",
        };
        wait.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int?>() is < 1 or > 3600)
                result.AddError($"--wait is '{result.Tokens[0].Value}'; allowed: 1 to 3600");
        });
        return context.Command(
            "apply",
            "Creates the connectors of files, or changes their configurations to those of the files. All are checked first: when one is wrong, nothing is done. "
            + "initial_state and initial_offsets count for those that are created.",
            [files, dryRun, preflight, wait],
            async (parsed, session, cancellationToken) =>
            {
                if (parsed.GetValue(preflight))
                    await session.Api.RequireExportsAsync("--preflight", cancellationToken);
                var plan = await PlanAsync(session.Api, ConnectorFiles.Read(parsed.GetValue(files)!, session.Input), cancellationToken);
                await CheckAsync(session, [.. plan.Where(step => step.Word != Unchanged)], parsed.GetValue(preflight), cancellationToken);
                if (parsed.GetValue(dryRun))
                    return Outcome.Report(session, [.. plan.Select(step => new Outcome(step.Definition.Name, step.Word == Unchanged ? Unchanged : $"would be {step.Word}"))]);
                var code = Outcome.Report(session, await ConnectApi.EachAsync(
                    plan, (step, token) => Outcome.OfAsync(step.Definition.Name, () => step.DoAsync(session.Api, token)), cancellationToken));
                if (code == ExitCode.Done && parsed.GetValue(wait) is { } seconds)
                    await WaitAsync(session.Api, [.. plan.Select(step => step.Definition)], TimeSpan.FromSeconds(seconds), cancellationToken);
                return code;
            });
    }

    private const string Unchanged = "unchanged";

    private static Task<IReadOnlyList<Step>> PlanAsync(ConnectApi api, IReadOnlyList<ConnectorDefinition> definitions, CancellationToken cancellationToken)
        => ConnectApi.EachAsync(
            definitions,
            async (definition, token) =>
            {
                var config = await api.FindConfigAsync(definition.Name, token);
                return new Step(definition, config is null ? "created" : ConfigDifference.Between(config, definition.Config).Count > 0 ? "configured" : Unchanged);
            },
            cancellationToken);

    private static async Task CheckAsync(Session session, IReadOnlyList<Step> steps, bool isPreflight, CancellationToken cancellationToken)
    {
        var wrong = (await Check.AllAsync(session.Api, [.. steps.Select(step => step.Definition)], isPreflight, cancellationToken))
            .Where(check => check.Errors.Count > 0).ToList();
        foreach (var error in wrong.SelectMany(check => check.Errors.Select(error => $"{check.Name}: {error}")))
            session.Error.WriteLine($"exports ctl: {Units.Safe(error)}");
        if (wrong.Count > 0)
            throw CtlException.Refused($"{wrong.Count} of {steps.Count} cannot be applied; nothing was changed.");
    }

    private static async Task WaitAsync(ConnectApi api, IReadOnlyList<ConnectorDefinition> definitions, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        var waiting = definitions.Select(definition => definition.Name).ToList();
        try
        {
            while (true)
            {
                var statuses = await ConnectApi.EachAsync(waiting, api.StatusAsync, timeout.Token);
                waiting = [.. statuses.Where(status => !IsSettled(status)).Select(status => status.Text("name")!)];
                if (waiting.Count == 0)
                    return;
                await Task.Delay(s_look, timeout.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw CtlException.Refused($"After {limit.TotalSeconds:0} s not all run: {string.Join(", ", waiting)}. See: status {waiting[0]}");
        }
    }

    /// <summary>Whether a connector and at least one task run without trouble, or it is meant not to run.</summary>
    private static bool IsSettled(JsonObject status)
    {
        if (status.Text("connector", "state") is "PAUSED" or "STOPPED")
            return true;
        var tasks = status.Objects("tasks").ToList();
        return status.Text("connector", "state") == "RUNNING" && tasks.Count > 0
            && tasks.All(task => task.Text("state") == "RUNNING" && task.Text("health") is null or "HEALTHY") && !StatusCommand.IsInTrouble(status);
    }

    private sealed record Step(ConnectorDefinition Definition, string Word)
    {
        public async Task<string> DoAsync(ConnectApi api, CancellationToken cancellationToken)
        {
            switch (Word)
            {
                case "created":
                    await api.CreateAsync(Definition.ToRequest(), cancellationToken);
                    break;
                case "configured":
                    await api.ConfigureAsync(Definition.Name, Definition.Config, cancellationToken);
                    break;
            }

            return Word;
        }
    }
}
