using System.CommandLine;
using Exports.Rest.Client;

namespace Exports.Import;

/// <summary>The command line, and the order of things: read all, ask about each, create, report.</summary>
internal static class ImportCommand
{
    /// <summary>Exit code: every connector can run, and with <c>--apply</c> is there.</summary>
    public const int AllCanRun = 0;

    /// <summary>Exit code: some cannot run, or were not created.</summary>
    public const int SomeCannot = 1;

    /// <summary>Exit code: the command line is wrong, or one of the two sides does not answer.</summary>
    public const int Unusable = 2;

    private const int AtOnce = 8;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    public static RootCommand Create()
    {
        var from = new Argument<Uri>("connect-url") { Description = "A worker of the Kafka Connect cluster, such as http://connect:8083.", CustomParser = Address };
        var to = new Option<Uri>("--to")
        {
            Description = "The worker of Exports.",
            HelpName = "URL",
            DefaultValueFactory = _ => new Uri("http://localhost:8083"),
            CustomParser = Address,
        };
        var apply = new Option<bool>("--apply") { Description = "Create the connectors that can run, each STOPPED." };
        var json = new Option<bool>("--json") { Description = "Report as JSON." };
        var only = new Option<string[]>("--connector") { Description = "Only the connector of this name; may be given several times.", HelpName = "NAME", DefaultValueFactory = _ => [] };
        var fromCredentials = new Option<FileInfo?>("--from-credentials") { Description = "A file that holds user:password, or Bearer and a token, for Kafka Connect.", HelpName = "FILE" };
        var toCredentials = new Option<FileInfo?>("--to-credentials") { Description = "The same for the worker of Exports.", HelpName = "FILE" };
        var command = new RootCommand("Reads all connectors of a Kafka Connect cluster, and says of each whether it can run here. Exit code 0: all can; 1: some cannot; 2: not told, because one side does not answer.")
        {
            from, to, apply, json, only, fromCredentials, toCredentials,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                using var source = new ConnectClient(new(parsed.GetValue(from)!, Read(parsed.GetValue(fromCredentials)), "--from-credentials", s_timeout));
                using var target = new ConnectClient(new(parsed.GetValue(to)!, Read(parsed.GetValue(toCredentials)), "--to-credentials", s_timeout));
                return await RunAsync(
                    source, target, parsed.GetValue(only)!, parsed.GetValue(apply), parsed.GetValue(json), Console.Out, cancellationToken);
            }
            catch (Exception e) when (e is UnreachableException or RefusedException or IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"exports import: {e.Message}");
                return Unusable;
            }
        });
        return command;
    }

    /// <summary>Does it all.</summary>
    /// <exception cref="UnreachableException">One of the two sides does not answer, or is something else.</exception>
    internal static async Task<int> RunAsync(
        ConnectClient source,
        ConnectClient target,
        IReadOnlyCollection<string> only,
        bool apply,
        bool json,
        TextWriter output,
        CancellationToken cancellationToken)
    {
        var (there, here) = (await source.GetServerAsync(cancellationToken), await target.GetServerAsync(cancellationToken));
        var connectors = await source.ListAsync(cancellationToken);
        if (only.FirstOrDefault(name => connectors.All(connector => connector.Name != name)) is { } missing)
            throw new UnreachableException($"{source.Address} has no connector {missing}.");
        if (only.Count > 0)
            connectors = [.. connectors.Where(connector => only.Contains(connector.Name))];

        var (assessor, creation) = (new Assessor(source, target), new Creation(target));
        var assessments = new Assessment[connectors.Count];
        await Parallel.ForAsync(
            0,
            connectors.Count,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                var assessment = await assessor.AssessAsync(connectors[i], token);
                assessments[i] = apply ? await creation.CreateAsync(assessment, token) : assessment;
            });

        string[] remarks = there.KafkaClusterId is { } old && here.KafkaClusterId is { } now && old != now
            ? [$"The two belong to different Kafka clusters ({old} there, {now} here): committed offsets are not the same."]
            : [];
        if (json)
        {
            JsonReport.Write(output, remarks, assessments);
        }
        else
        {
            TextReport.Write(
                output,
                $"Kafka Connect {there.Version} at {source.Address} has {connectors.Count} connectors; Exports {here.Version} at {target.Address}.",
                remarks,
                assessments);
        }

        return assessments.All(assessment => assessment is { CanRun: true, HasFailed: false }) ? AllCanRun : SomeCannot;
    }

    private static string? Read(FileInfo? credentials) => credentials is null ? null : File.ReadAllText(credentials.FullName);

    private static Uri? Address(System.CommandLine.Parsing.ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return address;
        argument.AddError($"'{text}' is no address; allowed: http://host:port or https://host:port");
        return null;
    }
}
