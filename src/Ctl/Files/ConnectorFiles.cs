using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Exports.Ctl.Files;

/// <summary>
/// Reads connectors from JSON: the body of <c>POST /connectors</c>, a configuration alone that has a <c>name</c>, or an array of these,
/// as <c>get</c> prints it. A file may hold several one behind another; a folder stands for all its <c>.json</c> files; <c>-</c> for
/// standard input.
/// </summary>
internal static class ConnectorFiles
{
    private static readonly string[] s_extra = ["initial_state", "initial_offsets"];

    /// <summary>Reads them all, before anything is done with one.</summary>
    /// <param name="paths">Files, folders, or <c>-</c>.</param>
    /// <param name="input">Standard input.</param>
    /// <exception cref="CtlException">A file cannot be read, is no JSON or no connector, or two are of the same name.</exception>
    public static IReadOnlyList<ConnectorDefinition> Read(IEnumerable<string> paths, TextReader input)
    {
        var found = new Dictionary<string, (ConnectorDefinition Definition, string File)>(StringComparer.Ordinal);
        foreach (var (file, text) in paths.SelectMany(path => Texts(path, input)))
        {
            foreach (var definition in Parse(file, text))
            {
                if (found.TryGetValue(definition.Name, out var other))
                    throw CtlException.Misuse($"{file} describes the connector '{definition.Name}', and so does {other.File}.");
                found[definition.Name] = (definition, file);
            }
        }

        return [.. found.Values.Select(entry => entry.Definition)];
    }

    private static IEnumerable<(string File, byte[] Text)> Texts(string path, TextReader input)
    {
        if (path == "-")
            return [("standard input", Encoding.UTF8.GetBytes(input.ReadToEnd()))];
        try
        {
            if (!Directory.Exists(path))
                return [(path, File.ReadAllBytes(path))];
            string[] files = [.. Directory.GetFiles(path, "*.json").Order(StringComparer.Ordinal)];
            return files.Length > 0
                ? [.. files.Select(file => (file, File.ReadAllBytes(file)))]
                : throw CtlException.Misuse($"The folder {path} has no .json file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CtlException.Misuse($"{path} cannot be read: {e.Message}");
        }
    }

    private static List<ConnectorDefinition> Parse(string file, byte[] text)
    {
        var definitions = new List<ConnectorDefinition>();
        try
        {
            var utf8 = text.AsSpan();
            if (utf8.StartsWith(Encoding.UTF8.Preamble))
                utf8 = utf8[3..];
            var reader = new Utf8JsonReader(
                utf8, new JsonReaderOptions { AllowMultipleValues = true, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            while (reader.Read())
            {
                using var json = JsonDocument.ParseValue(ref reader);
                if (json.RootElement.ValueKind == JsonValueKind.Array)
                    definitions.AddRange(json.RootElement.EnumerateArray().Select(entry => Definition(file, entry)));
                else
                    definitions.Add(Definition(file, json.RootElement));
            }
        }
        catch (JsonException e)
        {
            throw CtlException.Misuse($"{file} is not JSON: {e.Message}");
        }

        return definitions.Count > 0 ? definitions : throw CtlException.Misuse($"{file} holds no connector.");
    }

    private static ConnectorDefinition Definition(string file, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw CtlException.Misuse($"{file}: a connector is a JSON object, not {json.ValueKind.ToString().ToLowerInvariant()}.");
        var isRequest = json.TryGetProperty("config", out var config) && config.ValueKind == JsonValueKind.Object;
        var settings = new JsonObject();
        foreach (var entry in (isRequest ? config : json).EnumerateObject())
        {
            settings[entry.Name] = entry.Value.ValueKind switch
            {
                JsonValueKind.String => entry.Value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => entry.Value.GetRawText(),
                _ => throw CtlException.Misuse($"{file}: the value of '{entry.Name}' is {entry.Value.GetRawText()}; allowed: a string, a number, true, false."),
            };
        }

        var extra = new Dictionary<string, JsonNode?>();
        if (isRequest)
        {
            foreach (var field in json.EnumerateObject())
            {
                if (s_extra.Contains(field.Name))
                    extra[field.Name] = JsonNode.Parse(field.Value.GetRawText());
                else if (field.Name is not ("name" or "config" or "tasks" or "type"))
                    throw CtlException.Misuse($"{file}: the field '{field.Name}' is unknown; known are name, config, {string.Join(", ", s_extra)}.");
            }
        }

        var outer = json.TryGetProperty("name", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        var inner = settings["name"]?.ToString();
        if (outer is not null && inner is not null && outer != inner)
            throw CtlException.Misuse($"{file}: the connector is named '{outer}', and '{inner}' in its configuration.");
        var name = (outer ?? inner)?.Trim();
        if (string.IsNullOrEmpty(name))
            throw CtlException.Misuse($"{file}: a connector has no name.");
        settings["name"] = name;
        return new(name, settings, extra);
    }
}
