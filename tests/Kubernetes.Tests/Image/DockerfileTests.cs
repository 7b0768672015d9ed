using System.Text.Json;
using System.Text.RegularExpressions;
using Exports.Silo.Start;

namespace Exports.Kubernetes.Tests.Image;

/// <summary>The image is what the manifests run.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string s_file = Repository.PathOf("deploy/Dockerfile");

    [Fact]
    public async Task The_linter_has_nothing_to_say_and_would_say_it()
    {
        Assert.Empty(await Tool.CheckAsync<string[]>("dockerfile.mjs", s_file));

        var wrong = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(wrong, (await File.ReadAllTextAsync(s_file)).Replace("\nUSER 1654\n", "\nUSR 1654\n", StringComparison.Ordinal));
            Assert.Contains("USR", Assert.Single(await Tool.CheckAsync<string[]>("dockerfile.mjs", wrong)));
        }
        finally
        {
            File.Delete(wrong);
        }
    }

    [Fact]
    public async Task Its_user_folders_and_port_are_those_of_the_manifests()
    {
        var rendered = await Rendered.OfAsync("base");
        var pod = rendered.Worker.Pod!;
        var user = Value("USER");
        Assert.Equal(user, pod.Text("spec/securityContext/runAsUser"));
        Assert.Equal(user, pod.Text("spec/securityContext/runAsGroup"));
        Assert.Equal(user, pod.Text("spec/securityContext/fsGroup"));
        Assert.Equal($"{user}:{user}", Own().Match(File.ReadAllText(s_file)).Groups[1].Value);
        var variables = rendered.Variables(rendered.WorkerContainer);
        Assert.Equal($"CONNECT_DATA_DIR={variables["CONNECT_DATA_DIR"]} CONNECT_PLUGIN_PATH={variables["CONNECT_PLUGIN_PATH"]}", Values("ENV").Last());
        Assert.Equal(Value("EXPOSE"), Assert.Single(rendered.WorkerContainer.List("ports")).Text("containerPort"));
    }

    [Fact]
    public void The_worker_is_the_process_that_hears_signals_and_checks_its_own_health()
    {
        var start = JsonSerializer.Deserialize<string[]>(Value("ENTRYPOINT"))!;
        Assert.Equal(["dotnet", "/app/Exports.Silo.dll"], start);
        var check = Value("HEALTHCHECK");
        Assert.Equal([.. start, "--health"], JsonSerializer.Deserialize<string[]>(check[check.IndexOf('[')..])!);
        Assert.True(CommandLine.TryParse(["--health"], out var commandLine, out _) && commandLine.AsksHealth);
    }

    [Fact]
    public void What_is_built_is_let_into_the_context()
    {
        var ignore = File.ReadAllLines(Repository.PathOf(".dockerignore"));
        foreach (var needed in (string[])["src", "build/Engine.props", "Directory.*", ".editorconfig", "LICENSE"])
            Assert.Contains("!" + needed, ignore);
        Assert.Contains("*", ignore);
    }

    private static string Value(string instruction) => Assert.Single(Values(instruction));

    private static IEnumerable<string> Values(string instruction)
        => File.ReadLines(s_file).Where(line => line.StartsWith(instruction + " ", StringComparison.Ordinal)).Select(line => line[(instruction.Length + 1)..]);

    [GeneratedRegex("--chown=(\\S+)")]
    private static partial Regex Own();
}
