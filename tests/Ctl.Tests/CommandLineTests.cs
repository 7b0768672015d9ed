using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Exports.Ctl.Tests;

/// <summary>The command line itself: mistakes, ways to a worker, completion.</summary>
public sealed class CommandLineTests
{
    private static readonly Uri s_nowhere = new("http://127.0.0.1:1");

    [Theory]
    [InlineData("Did you mean", "lits")]
    [InlineData("allowed: HEALTHY, STARTING, PAUSED, STOPPED, DEGRADED, UNHEALTHY", "list", "--health", "well")]
    [InlineData("--timeout is '0'; allowed: 1 to 3600", "list", "--timeout", "0")]
    [InlineData("'latency'", "list", "--sort", "size")]
    [InlineData("'json'", "list", "-o", "yaml")]
    [InlineData("Required argument", "pause")]
    [InlineData("'--file' is required", "apply")]
    [InlineData("give either --to or --offset", "offsets", "set", "x")]
    [InlineData("give either --to or --offset", "offsets", "set", "x", "--to", "latest", "--offset", "t-0=1")]
    [InlineData("--topic goes with --to", "offsets", "set", "x", "--offset", "t-0=1", "--topic", "t")]
    [InlineData("--offset is 't-0=-1'; allowed: TOPIC-PARTITION=OFFSET", "offsets", "set", "x", "--offset", "t-0=-1")]
    [InlineData("exclude each other", "restart", "x", "--task", "0", "--only-failed")]
    [InlineData("give either the name of a connector or --file", "tail")]
    [InlineData("--lines is '101'; allowed: 1 to 100", "tail", "x", "-n", "101")]
    [InlineData("--interval is '0'; allowed: 0.1 to 3600", "top", "--interval", "0")]
    [InlineData("--count is '0'; allowed: 1 and more", "top", "--count", "0")]
    [InlineData("--wait is '0'; allowed: 1 to 3600", "apply", "-f", "x", "--wait", "0")]
    [InlineData("--credentials is '/no/such/file', which cannot be read", "list", "--credentials", "/no/such/file")]
    [InlineData("--cacert is '/no/such/file', which cannot be read", "list", "--cacert", "/no/such/file")]
    public async Task A_command_line_that_is_wrong_is_said_so_with_what_is_allowed(string said, params string[] arguments)
        => Assert.Contains(said, (await Ctl.RunAsync(s_nowhere, null, arguments)).Is(ExitCode.Unusable).Error);

    [Fact]
    public async Task A_worker_that_cannot_be_reached_and_an_address_that_is_none_are_named()
    {
        Assert.StartsWith("exports ctl: http://127.0.0.1:1/ cannot be reached: ", (await Ctl.RunAsync(s_nowhere, null, "list")).Is(ExitCode.Unusable).Error);
        var error = new StringWriter();
        Assert.Equal(ExitCode.Unusable, await CtlCommand.InvokeAsync(["list", "--url", "worker:8083"], TextWriter.Null, error, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("--url is 'worker:8083'; allowed: http://host:port or https://host:port", error.ToString());
    }

    [Fact]
    public async Task Credentials_and_authorities_are_taken_from_files()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        await using var app = builder.Build();
        app.Run(async context =>
        {
            if (context.Request.Headers.Authorization != "Bearer letmein")
                context.Response.StatusCode = 401;
            else
                await context.Response.WriteAsync("""["one"]""");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(app.Urls.Single());
        var directory = Directory.CreateTempSubdirectory("exports-ctl-");
        var (authorities, token) = (Path.Combine(directory.FullName, "ca.pem"), Path.Combine(directory.FullName, "token"));
        await File.WriteAllTextAsync(authorities, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(token, "Bearer letmein\n", TestContext.Current.CancellationToken);

        Assert.Contains("certificate", (await Ctl.RunAsync(address, null, "get", "-o", "name")).Is(ExitCode.Unusable).Error);
        var refused = (await Ctl.RunAsync(address, null, "get", "-o", "name", "--cacert", authorities)).Is(ExitCode.Unusable);
        Assert.Contains("answers 401: it wants other credentials; give a file that holds them by --credentials", refused.Error);
        Assert.Equal("one\n", (await Ctl.RunAsync(address, null, "get", "-o", "name", "--cacert", authorities, "--credentials", token)).Is(ExitCode.Done).Output);
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Bash_completes_commands_options_values_and_the_names_of_connectors()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapGet("/connectors", () => new[] { "orders", "orders-2", "views of all" });
        await app.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal("ctl", await CompleteAsync(app.Urls.Single(), "./exports c"));
        Assert.Equal("describe", await CompleteAsync(app.Urls.Single(), "./exports ctl des"));
        Assert.Equal("--health", await CompleteAsync(app.Urls.Single(), "./exports ctl list --hea"));
        Assert.Equal("DEGRADED", await CompleteAsync(app.Urls.Single(), "./exports ctl list --health DE"));
        Assert.Equal("orders\norders-2", await CompleteAsync(app.Urls.Single(), "./exports ctl pause ord"));
        Assert.Equal("earliest", await CompleteAsync(app.Urls.Single(), "./exports ctl offsets set orders --to e"));
    }

    [Theory]
    [InlineData("bash", "complete -F _exports_complete exports")]
    [InlineData("zsh", "compdef _exports_complete exports")]
    [InlineData("fish", "complete -c exports")]
    public async Task A_script_is_printed_for_each_shell(string shell, string line)
        => Assert.Contains(line, (await Ctl.RunAsync(s_nowhere, null, "completion", shell)).Is(ExitCode.Done).Output);

    /// <summary>What bash offers for a line, as when Tab is pressed at its end.</summary>
    private static async Task<string> CompleteAsync(string worker, string line)
    {
        var directory = Directory.CreateTempSubdirectory("exports-ctl-");
        var program = Path.Combine(directory.FullName, "exports");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nshift\nexec dotnet '{typeof(CtlCommand).Assembly.Location}' \"$@\"\n", TestContext.Current.CancellationToken);
        var script = (await Ctl.RunAsync(s_nowhere, null, "completion", "bash")).Output;
        const string Tab = """

            chmod +x exports
            COMP_LINE=$1 COMP_POINT=${#1}
            read -ra COMP_WORDS <<<"$1"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _exports_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var start = new ProcessStartInfo("bash", ["-c", script + Tab, "bash", line])
        {
            WorkingDirectory = directory.FullName,
            RedirectStandardOutput = true,
        };
        start.Environment["EXPORTS_URL"] = worker;
        using var bash = Process.Start(start)!;
        var offered = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        directory.Delete(recursive: true);
        return offered.Trim();
    }
}
