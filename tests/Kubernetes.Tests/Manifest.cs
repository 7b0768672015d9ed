using System.Globalization;
using System.Text.Json.Nodes;

namespace Exports.Kubernetes.Tests;

/// <summary>An object of Kubernetes, or a part of one.</summary>
/// <param name="Content">What it holds.</param>
internal sealed record Manifest(JsonNode Content)
{
    public string Kind => Text("kind")!;

    public string Name => Text("metadata/name")!;

    /// <summary>The pod that it makes, or null when it makes none.</summary>
    public Manifest? Pod => Part("spec/template");

    /// <summary>The containers of a pod.</summary>
    public IReadOnlyList<Manifest> Containers => [.. List("spec/initContainers"), .. List("spec/containers")];

    /// <summary>A part, by the names on the way to it; null when it is not there.</summary>
    public Manifest? Part(string path)
    {
        JsonNode? node = Content;
        foreach (var name in path.Split('/'))
            node = (node as JsonObject)?[name];
        return node is null ? null : new(node);
    }

    /// <summary>The items of a list; none when it is not there.</summary>
    public IReadOnlyList<Manifest> List(string path)
        => [.. (Part(path)?.Content as JsonArray ?? []).Select(item => new Manifest(item!))];

    /// <summary>A scalar; null when it is not there.</summary>
    public string? Text(string path) => (string?)(Part(path)?.Content as JsonValue);

    /// <summary>A number; 0 when it is not there.</summary>
    public int Number(string path) => int.Parse(Text(path) ?? "0", CultureInfo.InvariantCulture);

    /// <summary>Texts by name; none when they are not there.</summary>
    public IReadOnlyDictionary<string, string> Map(string path)
        => (Part(path)?.Content as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => (string)pair.Value!);

    /// <summary>Whether the labels of a pod are among those that a selector wants: its <c>matchLabels</c>, and the expressions beside them.</summary>
    public bool Selects(string selector, Manifest pod)
    {
        var labels = pod.Map("metadata/labels");
        var wanted = Map(selector);
        var expressions = selector.EndsWith("matchLabels", StringComparison.Ordinal) ? List(selector.Replace("matchLabels", "matchExpressions", StringComparison.Ordinal)) : [];
        return wanted.Count > 0
            && wanted.All(label => labels.GetValueOrDefault(label.Key) == label.Value)
            && expressions.All(expression => expression.Text("operator") == "In"
                ? expression.List("values").Any(value => (string)value.Content! == labels.GetValueOrDefault(expression.Text("key")!))
                : throw new NotSupportedException($"{expression.Content}"));
    }

    public override string ToString() => $"{Kind} {Name}";
}
