using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary><c>${file:/etc/secrets/aws.properties:accessKey}</c>: a key of a Java properties file.</summary>
internal sealed class FileConfigProvider(AllowedPaths allowed) : IConfigProvider
{
    public Func<string, ProvidedValue> Open(string path)
    {
        if (path.Length == 0)
            return _ => ProvidedValue.None("it names no file");
        if (allowed.Normalise(path) is not { } file)
            return _ => AllowedPaths.Refusal(path);
        try
        {
            var properties = JavaProperties.Load(file);
            return key => properties.TryGetValue(key, out var value)
                ? ProvidedValue.Of(value)
                : ProvidedValue.None($"{path} has no key '{key}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ConfigException($"Could not read properties from file {path}: {e.Message}", e);
        }
    }
}
