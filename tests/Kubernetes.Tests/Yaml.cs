using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Exports.Kubernetes.Tests;

/// <summary>YAML as JSON, every scalar as text.</summary>
internal static class Yaml
{
    /// <summary>The documents of a text.</summary>
    public static IEnumerable<JsonNode> Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Select(document => Convert(document.RootNode));
    }

    private static JsonNode Convert(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair =>
            KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, (JsonNode?)Convert(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Convert)]),
        _ => JsonValue.Create(((YamlScalarNode)node).Value ?? ""),
    };
}
