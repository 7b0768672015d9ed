using System.Text.Json.Nodes;

namespace Exports.Kubernetes.Tests.Workers;

/// <summary>The Job of <c>k8s/examples/connectors</c> does what it says.</summary>
public sealed class ConnectorJobTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("exports-connectors-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_again_it_changes_nothing_and_what_is_refused_keeps_nothing_else_back()
    {
        var rendered = await Rendered.OfAsync("examples/connectors");
        var job = Assert.Single(rendered.OfKind("Job"));
        await using var worker = await RunningWorker.StartAsync(new Dictionary<string, string>());
        var files = Unpack(rendered, job, "/connectors");
        var script = Path.Combine(Unpack(rendered, job, "/scripts"), "apply.sh");
        Assert.Equal(["sh", "/scripts/apply.sh"], job.Pod!.Containers.Single().List("command").Select(word => (string)word.Content!));

        await ApplyAsync(worker, script, files, expected: 0);
        var names = Directory.EnumerateFiles(files).Select(file => Path.GetFileNameWithoutExtension(file)!).Order().ToList();
        Assert.Equal(2, names.Count);
        Assert.Equal(names, await NamesAsync(worker));
        var before = await InfoAsync(worker);

        await ApplyAsync(worker, script, files, expected: 0);
        Assert.Equal(before, await InfoAsync(worker));

        await File.WriteAllTextAsync(Path.Combine(files, "a-wrong-one.json"), """{"connector.class":"NoSuchSink"}""");
        var changed = Path.Combine(files, names[0] + ".json");
        await File.WriteAllTextAsync(changed, (await File.ReadAllTextAsync(changed)).Replace("\"6\"", "\"5\"", StringComparison.Ordinal));
        var said = await ApplyAsync(worker, script, files, expected: 1);
        Assert.Contains("NoSuchSink", said);
        Assert.Equal(names, await NamesAsync(worker));
        Assert.Equal("5", (string?)JsonNode.Parse(await worker.Client.GetStringAsync($"/connectors/{names[0]}/config"))!["tasks.max"]);
    }

    private static async Task<string> ApplyAsync(RunningWorker worker, string script, string files, int expected)
    {
        var (code, output, errors) = await Tool.RunAsync(
            "sh", [script], ("WORKER", worker.Client.BaseAddress!.ToString().TrimEnd('/')), ("CONNECTORS", files), ("CURL_CONFIG", "/nowhere"));
        Assert.True(code == expected, $"{code}: {output}{errors}");
        return output + errors;
    }

    private static async Task<List<string>> NamesAsync(RunningWorker worker)
        => [.. JsonNode.Parse(await worker.Client.GetStringAsync("/connectors"))!.AsArray().Select(name => (string)name!).Order()];

    private static Task<string> InfoAsync(RunningWorker worker) => worker.Client.GetStringAsync("/connectors?expand=info");

    /// <summary>What a folder of the Job's container holds, in a folder here.</summary>
    private string Unpack(Rendered rendered, Manifest job, string path)
    {
        var mount = Assert.Single(job.Pod!.Containers.Single().List("volumeMounts"), mount => mount.Text("mountPath") == path).Text("name");
        var map = Assert.Single(job.Pod.List("spec/volumes"), volume => volume.Text("name") == mount).Text("configMap/name")!;
        var folder = _folder.CreateSubdirectory(path.Trim('/')).FullName;
        foreach (var (name, content) in rendered.Data("ConfigMap", map))
            File.WriteAllText(Path.Combine(folder, name), content);
        return folder;
    }
}
