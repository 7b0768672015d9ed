using System.Diagnostics.CodeAnalysis;
using Exports.Silo.Configuration;

namespace Exports.Silo.Start;

/// <summary>What the command line asks for.</summary>
internal sealed record CommandLine
{
    public const string Usage =
        """
        Runs a worker: streams Kafka topics to connectors' destinations, and serves Kafka Connect's REST API.

          Exports.Silo [worker.properties] [--override KEY=VALUE]…

          worker.properties        a Java properties file with the keys of a Kafka Connect worker
          --override KEY=VALUE     a key from the command line; wins over file and environment; may be given again
          --role worker|api        api: runs no connectors and answers for the workers of its cluster; the same as worker.role=api
          --keys                   prints every key with type, default and documentation, as Markdown
          --hash-password          reads a password from standard input and prints its hash, for a file of users
          --health [URL]           asks a worker that runs whether it lives, and exits with 0 or 1; without URL, the worker with this
                                   file, environment and overrides, at /health/live of its first listener
          --version                prints the version
          --help                   prints this

        The same keys are taken from the environment, as CONNECT_BOOTSTRAP_SERVERS and so on; they win over the file.
        SIGTERM or Ctrl-C delivers what is on its way, stores offsets, and exits; a second one exits at once.
        Exit codes: 0 stopped cleanly, 1 failed while starting or running, 2 wrong configuration or command line.
        """;

    public string? File { get; private init; }

    public Dictionary<string, string> Overrides { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether text was asked for in place of a worker: <c>--help</c>, <c>--keys</c>, <c>--version</c> or <c>--hash-password</c>; else null.</summary>
    public string? Print { get; private init; }

    /// <summary>Whether a worker that runs is to be asked whether it lives, in place of running one.</summary>
    public bool AsksHealth { get; private init; }

    /// <summary>What to ask then; null for the worker with this configuration.</summary>
    public Uri? HealthUrl { get; private init; }

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">The arguments, without the program's name.</param>
    /// <param name="commandLine">What was asked for; null when the arguments are wrong.</param>
    /// <param name="error">What is wrong; null when nothing is.</param>
    public static bool TryParse(
        IReadOnlyList<string> arguments, [NotNullWhen(true)] out CommandLine? commandLine, [NotNullWhen(false)] out string? error)
    {
        commandLine = null;
        error = null;
        var result = new CommandLine();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument is "--help" or "-h")
            {
                result = result with { Print = "--help" };
            }
            else if (argument is "--keys" or "--version" or "--hash-password")
            {
                result = result with { Print = result.Print ?? argument };
            }
            else if (argument == "--health")
            {
                result = result with { AsksHealth = true };
                if (i + 1 < arguments.Count && UrlOf(arguments[i + 1]) is { } url)
                {
                    result = result with { HealthUrl = url };
                    i++;
                }
            }
            else if (argument == "--override" || argument.StartsWith("--override=", StringComparison.Ordinal))
            {
                var pair = argument.Length > "--override".Length ? argument["--override=".Length..]
                    : ++i < arguments.Count ? arguments[i] : "";
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0)
                {
                    error = $"--override needs KEY=VALUE, not '{pair}'";
                    return false;
                }

                result.Overrides[pair[..equals].Trim()] = pair[(equals + 1)..];
            }
            else if (argument == "--role" || argument.StartsWith("--role=", StringComparison.Ordinal))
            {
                var role = argument.StartsWith("--role=", StringComparison.Ordinal) ? argument["--role=".Length..] : ++i < arguments.Count ? arguments[i] : "";
                if (role.Length == 0)
                {
                    error = "--role needs one of: worker, api";
                    return false;
                }

                result.Overrides[WorkerKeys.WorkerRole] = role;
            }
            else if (argument.StartsWith('-'))
            {
                error = $"unknown option '{argument}'";
                return false;
            }
            else if (result.File is not null)
            {
                error = $"one properties file is enough: '{result.File}' and '{argument}' were given";
                return false;
            }
            else
            {
                result = result with { File = argument };
            }
        }

        commandLine = result;
        return true;
    }

    /// <summary>A URL, or null for what is something else, such as a file.</summary>
    private static Uri? UrlOf(string argument)
        => Uri.TryCreate(argument, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) ? url : null;
}
