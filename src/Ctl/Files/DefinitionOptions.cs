using System.CommandLine;

namespace Exports.Ctl.Files;

/// <summary>Options of commands that read connectors from files.</summary>
internal static class DefinitionOptions
{
    public static Option<string[]> Files() => new("--file", "-f")
    {
        Description = "JSON as POST /connectors takes it, a configuration with a name, or an array of these; a folder of such files; or - for standard input. May be given again.",
        HelpName = "FILE",
        Required = true,
    };

    public static Option<bool> Preflight() => new("--preflight")
    {
        Description = "Also ask the destination whether it can be reached, takes the credentials and has the stream or topic.",
    };

    public static Option<bool> DryRun() => new("--dry-run") { Description = "Have the worker check all, say what would be done, and do nothing." };
}
