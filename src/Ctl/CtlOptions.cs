using System.CommandLine;
using System.CommandLine.Parsing;

namespace Exports.Ctl;

/// <summary>The options that every command takes.</summary>
internal sealed class CtlOptions
{
    public const string UrlVariable = "EXPORTS_URL";
    public const string CredentialsVariable = "EXPORTS_CREDENTIALS";

    public Option<Uri> Url { get; } = new("--url")
    {
        Description = $"A worker. Default: the variable {UrlVariable}, or http://localhost:8083.",
        HelpName = "URL",
        Recursive = true,
        CustomParser = result => Address(result, result.Tokens[0].Value, "--url"),
        DefaultValueFactory = result => Address(result, Environment.GetEnvironmentVariable(UrlVariable) is { Length: > 0 } set ? set : "http://localhost:8083", UrlVariable)!,
    };

    public Option<string?> Credentials { get; } = new("--credentials")
    {
        Description = $"A file that holds user:password, or Bearer and a token. Default: the file that the variable {CredentialsVariable} names.",
        HelpName = "FILE",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(CredentialsVariable) is { Length: > 0 } set ? set : null,
    };

    public Option<string?> Authorities { get; } = new("--cacert")
    {
        Description = "A file with the certificates, in PEM, of the authorities that are trusted instead of the system's.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<int> Timeout { get; } = new("--timeout")
    {
        Description = "How long a request may take, in seconds, 1 to 3600.",
        HelpName = "SECONDS",
        Recursive = true,
        DefaultValueFactory = _ => 100,
    };

    public Option<string> Output { get; } = new Option<string>("--output", "-o")
    {
        Description = "table for people, json for programs, name for names alone, one a line.",
        HelpName = "table|json|name",
        Recursive = true,
        DefaultValueFactory = _ => "table",
    }.AcceptOnlyFromAmong("table", "json", "name");

    public CtlOptions()
    {
        Timeout.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() is < 1 or > 3600)
                result.AddError($"--timeout is '{result.Tokens[0].Value}'; allowed: 1 to 3600");
        });
    }

    public IEnumerable<Option> All => [Url, Credentials, Authorities, Timeout, Output];

    private static Uri? Address(ArgumentResult result, string text, string from)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return address;
        result.AddError($"{from} is '{text}'; allowed: http://host:port or https://host:port");
        return null;
    }
}
