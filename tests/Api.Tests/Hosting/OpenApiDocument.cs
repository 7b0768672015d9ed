using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Json.Schema;

namespace Exports.Api.Tests;

/// <summary>What <c>/openapi.json</c> promises. Every answer that a test gets is held against it.</summary>
internal sealed class OpenApiDocument
{
    private const int LongestBody = 1 << 16;

    private readonly JsonElement _paths;
    private readonly string _definitions;
    private readonly ConcurrentDictionary<string, JsonSchema> _schemas = new(StringComparer.Ordinal);

    private OpenApiDocument(string text)
    {
        // A schema that stands alone finds what it refers to under $defs.
        using var document = JsonDocument.Parse(text.Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
        _paths = document.RootElement.GetProperty("paths").Clone();
        _definitions = document.RootElement.GetProperty("components").GetProperty("schemas").GetRawText();
    }

    public static OpenApiDocument Served { get; } = new(Read());

    /// <summary>All operations, as <c>GET /connectors/{name}</c>.</summary>
    public IEnumerable<string> Operations
        => _paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(
            operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"));

    /// <summary>The names of an operation's parameters that come from there: <c>path</c> or <c>query</c>.</summary>
    public IEnumerable<string> ParametersOf(string operation, string from)
        => Find(operation) is { } found && found.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == from)
                .Select(parameter => parameter.GetProperty("name").GetString()!)
            : [];

    /// <summary>Fails when an answer is not what the document says of the operation.</summary>
    public void Check(string method, string target, int status, MediaTypeHeaderValue? contentType, string body)
    {
        var path = target.Split('?')[0];
        var operation = _paths.EnumerateObject()
            .Where(candidate => Matches(candidate.Name, path))
            .Select(candidate => candidate.Value.TryGetProperty(method.ToLowerInvariant(), out var found) ? found : (JsonElement?)null)
            .FirstOrDefault(found => found is not null);
        if (operation is null)
            return;
        Assert.True(
            operation.Value.GetProperty("responses").TryGetProperty($"{status}", out var response),
            $"{method} {path} is answered with {status}, of which openapi.json says nothing: {body}");
        foreach (var query in target.Split('?').Skip(1).SelectMany(text => text.Split('&')))
        {
            var name = query.Split('=')[0];
            Assert.True(
                operation.Value.GetProperty("parameters").EnumerateArray().Any(parameter => parameter.GetProperty("name").GetString() == name),
                $"{method} {path} is asked with {name}, of which openapi.json says nothing");
        }

        if (!response.TryGetProperty("content", out var content))
        {
            Assert.Equal("", body);
            return;
        }

        if (content.TryGetProperty("text/plain", out _))
        {
            Assert.Equal("text/plain", contentType?.MediaType);
            return;
        }

        Assert.Equal("application/json", contentType?.MediaType);
        if (body.Length > LongestBody)
            return;
        var schema = content.GetProperty("application/json").GetProperty("schema").GetRawText();
        var evaluator = _schemas.GetOrAdd(schema, text => JsonSchema.FromText(
            $$"""{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{{_definitions}},"allOf":[{{text}}]}"""));
        using var json = JsonDocument.Parse(body);
        var result = evaluator.Evaluate(json.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(result.IsValid, $"{method} {path}: {body} is not what openapi.json says: {JsonSerializer.Serialize(result)}");
    }

    private JsonElement? Find(string operation)
        => operation.Split(' ') is [var method, var path] && _paths.TryGetProperty(path, out var found)
            && found.TryGetProperty(method.ToLowerInvariant(), out var described) ? described : null;

    private static bool Matches(string template, string path)
    {
        var (wanted, given) = (template.Split('/'), path.Split('/'));
        return wanted.Length == given.Length && wanted.Zip(given).All(pair => pair.First.StartsWith('{') ? pair.Second.Length > 0 : pair.First == pair.Second);
    }

    private static string Read()
    {
        using var resource = typeof(ConnectApi).Assembly.GetManifestResourceStream("openapi.json")!;
        using var reader = new StreamReader(resource, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
