using System.Collections.Concurrent;
using System.Text;

namespace Exports.Kubernetes.Tests;

/// <summary>What <c>kubectl apply -k</c> would send of a folder.</summary>
internal sealed class Rendered
{
    private static readonly string s_root = Repository.PathOf("k8s");
    private static readonly ConcurrentDictionary<string, Lazy<Task<Rendered>>> s_all = new();

    private Rendered(string text)
    {
        Text = text;
        Objects = [.. Yaml.Parse(text).Select(content => new Manifest(content))];
    }

    /// <summary>The folders that can be applied, below <c>k8s</c>.</summary>
    public static IReadOnlyList<string> Folders { get; } =
        [.. Directory.EnumerateFiles(s_root, "kustomization.yaml", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("\nkind: Kustomization\n", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(s_root, Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal)];

    /// <summary>The folders with a worker.</summary>
    public static TheoryData<string> WithWorker { get; } = [.. Folders.Where(folder => !folder.StartsWith("examples", StringComparison.Ordinal))];

    /// <summary>The folder's manifests as text.</summary>
    public string Text { get; }

    /// <summary>The folder's manifests.</summary>
    public IReadOnlyList<Manifest> Objects { get; }

    /// <summary>The worker's Deployment.</summary>
    public Manifest Worker => Find("Deployment", "exports");

    /// <summary>The worker's container.</summary>
    public Manifest WorkerContainer => Worker.Pod!.Containers.Single();

    /// <summary>The Deployment of those that only answer for the workers; null where there is none.</summary>
    public Manifest? Api => Objects.SingleOrDefault(manifest => manifest is { Kind: "Deployment", Name: "exports-api" });

    /// <summary>The objects that make pods.</summary>
    public IEnumerable<Manifest> WithPods => Objects.Where(manifest => manifest.Pod is not null);

    public static async Task<Rendered> OfAsync(string folder)
        => await s_all.GetOrAdd(folder, folder => new(async () =>
            new(await Tool.OutputAsync("kubectl", "kustomize", Path.Combine(s_root, folder))))).Value;

    public IReadOnlyList<Manifest> OfKind(string kind) => [.. Objects.Where(manifest => manifest.Kind == kind)];

    public Manifest Find(string kind, string name)
        => Objects.SingleOrDefault(manifest => manifest.Kind == kind && manifest.Name == name)
            ?? throw new InvalidOperationException($"There is no {kind} {name}.");

    /// <summary>What a ConfigMap or a Secret holds.</summary>
    public IReadOnlyDictionary<string, string> Data(string kind, string name)
        => Find(kind, name).Map("data").ToDictionary(
            pair => pair.Key,
            pair => kind == "Secret" ? Encoding.UTF8.GetString(System.Convert.FromBase64String(pair.Value)) : pair.Value);

    /// <summary>The variables of a container. Those that only a node knows are told as <c>127.0.0.1</c>.</summary>
    public Dictionary<string, string> Variables(Manifest container)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var from in container.List("envFrom"))
        {
            var kind = from.Part("secretRef") is null ? "ConfigMap" : "Secret";
            foreach (var (name, value) in Data(kind, from.Text("configMapRef/name") ?? from.Text("secretRef/name")!))
                variables[name] = value;
        }

        foreach (var variable in container.List("env"))
        {
            variables[variable.Text("name")!] = variable.Text("value")
                ?? (variable.Part("valueFrom/secretKeyRef") is { } secret ? Data("Secret", secret.Text("name")!)[secret.Text("key")!]
                    : variable.Part("valueFrom/configMapKeyRef") is { } map ? Data("ConfigMap", map.Text("name")!)[map.Text("key")!]
                    : "127.0.0.1");
        }

        return variables;
    }
}
