namespace Exports.Kubernetes.Tests.Manifests;

/// <summary>Kubernetes, and prometheus-operator, would take what is in <c>k8s</c>.</summary>
public sealed class SchemaTests : IDisposable
{
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("exports-manifests-");

    public void Dispose() => _files.Delete(recursive: true);

    [Fact]
    public async Task Every_manifest_has_the_fields_and_values_that_its_kind_allows()
    {
        var files = new List<string>();
        foreach (var folder in Rendered.Folders)
            files.Add(Write(folder, (await Rendered.OfAsync(folder)).Text));
        var checks = await Tool.CheckAsync<Check[]>("manifests.mjs", files);

        Assert.All(checks, check => Assert.True(check.Problems.Length == 0, $"{check}: {string.Join("; ", check.Problems)}"));
        foreach (var kind in (string[])["Deployment", "StatefulSet", "NetworkPolicy", "HorizontalPodAutoscaler", "ServiceMonitor", "PrometheusRule", "Job", "Ingress"])
            Assert.Contains(checks, check => check.Kind == kind);
    }

    [Fact]
    public async Task A_field_a_value_or_a_kind_that_nobody_knows_is_refused()
    {
        var good = (await Rendered.OfAsync("overlays/production")).Text;
        (string Right, string Wrong, string Named)[] cases =
        [
            ("terminationGracePeriodSeconds: 35", "terminationGracePeriodSecond: 35", "terminationGracePeriodSecond"),
            ("readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true", "readOnlyRootFileSystem"),
            ("endPort: 9098", "endport: 9098", "endport"),
            ("interval: 30s", "intervall: 30s", "intervall"),
            ("averageUtilization: 60", "averageUtilization: sixty", "averageUtilization"),
            ("type: RollingUpdate", "type: Rolling", "/spec/strategy/type"),
            ("whenUnsatisfiable: ScheduleAnyway", "whenUnsatisfiable: Perhaps", "whenUnsatisfiable"),
            ("memory: 1536Mi", "memory: 1536MiB", "memory"),
            ("    for: 2m", "    for: two minutes", "for"),
            ("kind: PodDisruptionBudget", "kind: PodDisruptionsBudget", "PodDisruptionsBudget"),
            ("  minReadySeconds: 15", "  minReadySeconds: 15\n  minReadySeconds: 15", "unique"),
        ];
        var files = cases.Select((wrong, index) =>
        {
            Assert.Contains(wrong.Right, good);
            return Write($"{index}", good.Replace(wrong.Right, wrong.Wrong, StringComparison.Ordinal));
        });
        var checks = (await Tool.CheckAsync<Check[]>("manifests.mjs", files)).ToLookup(check => check.File);

        for (var index = 0; index < cases.Length; index++)
        {
            Assert.True(
                checks[$"{index}.yaml"].SelectMany(check => check.Problems).Any(problem => problem.Contains(cases[index].Named, StringComparison.Ordinal)),
                $"{cases[index].Wrong} is refused");
        }
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_files.FullName, name.Replace('/', '-') + ".yaml");
        File.WriteAllText(file, text);
        return file;
    }

    private sealed record Check(string File, string Kind, string Name, string[] Problems)
    {
        public override string ToString() => $"{File}: {Kind} {Name}";
    }
}
