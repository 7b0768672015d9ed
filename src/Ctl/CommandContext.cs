using System.CommandLine;
using System.CommandLine.Completions;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exports.Ctl.Server;
using Exports.Rest.Client;

namespace Exports.Ctl;

/// <summary>What commands share while they are put together: the common options, and how an action is run.</summary>
/// <param name="options">The options that every command takes.</param>
/// <param name="input">Standard input.</param>
internal sealed class CommandContext(CtlOptions options, TextReader input)
{
    private static readonly TimeSpan s_completionTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Makes a command.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, in a sentence or two.</param>
    /// <param name="symbols">Its arguments and options.</param>
    /// <param name="run">Does it; returns an <see cref="ExitCode"/>.</param>
    public Command Command(string name, string description, IEnumerable<Symbol> symbols, Func<ParseResult, Session, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Add(argument);
            else
                command.Add((Option)symbol);
        }

        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, run, cancellationToken));
        return command;
    }

    /// <summary>An argument for names or patterns of connectors, which a shell completes by asking the worker.</summary>
    public Argument<string[]> Patterns(ArgumentArity arity, string description)
    {
        var argument = new Argument<string[]>("name") { Description = description, Arity = arity, HelpName = "name" };
        argument.CompletionSources.Add(Names);
        return argument;
    }

    /// <summary>An argument for the name of one connector.</summary>
    public Argument<string> Name()
    {
        var argument = new Argument<string>("name") { Description = "The connector's name.", HelpName = "name" };
        argument.CompletionSources.Add(Names);
        return argument;
    }

    private async Task<int> RunAsync(
        ParseResult parsed, Func<ParseResult, Session, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            using var rest = Connect(parsed, TimeSpan.FromSeconds(parsed.GetValue(options.Timeout)));
            var session = new Session(new ConnectApi(rest), Enum.Parse<OutputFormat>(parsed.GetValue(options.Output)!, ignoreCase: true), parsed.InvocationConfiguration.Output, error, input);
            return await run(parsed, session, cancellationToken);
        }
        catch (CtlException e)
        {
            await error.WriteLineAsync($"exports ctl: {e.Message}");
            return e.Code;
        }
        catch (RefusedException e)
        {
            await error.WriteLineAsync($"exports ctl: {e.Message}");
            return ExitCode.Refused;
        }
        catch (UnreachableException e)
        {
            await error.WriteLineAsync($"exports ctl: {e.Message}");
            return ExitCode.Unusable;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private RestClient Connect(ParseResult parsed, TimeSpan timeout)
    {
        var credentials = parsed.GetValue(options.Credentials);
        var authorities = parsed.GetValue(options.Authorities);
        return new(
            parsed.GetValue(options.Url)!,
            credentials is null ? null : Read(credentials, "--credentials", File.ReadAllText),
            "--credentials",
            timeout,
            authorities is null ? null : Read(authorities, "--cacert", Certificates));
    }

    private static X509Certificate2Collection Certificates(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates.Count > 0 ? certificates : throw new CryptographicException("it holds no certificate in PEM.");
    }

    private static T Read<T>(string file, string option, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw CtlException.Misuse($"{option} is '{file}', which cannot be read: {e.Message}");
        }
    }

    // A shell waits for it: what does not answer at once has no names.
    private IEnumerable<CompletionItem> Names(CompletionContext completion)
    {
        if (completion.ParseResult.GetResult(options.Url)?.Errors.Any() == true)
            return [];
        try
        {
            using var rest = Connect(completion.ParseResult, s_completionTimeout);
            return [.. new ConnectApi(rest).NamesAsync(CancellationToken.None).GetAwaiter().GetResult().Select(name => new CompletionItem(name))];
        }
        catch (Exception e) when (e is CtlException or UnreachableException or RefusedException or InvalidOperationException)
        {
            return [];
        }
    }
}
