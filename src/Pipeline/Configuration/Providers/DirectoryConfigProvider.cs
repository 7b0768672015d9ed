using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary><c>${dir:/mnt/secret:password}</c>: the whole content of a file in a folder, as Kubernetes mounts secrets.</summary>
internal sealed class DirectoryConfigProvider(AllowedPaths allowed) : IConfigProvider
{
    public Func<string, ProvidedValue> Open(string path)
    {
        if (path.Length == 0)
            return _ => ProvidedValue.None("it names no directory");
        if (allowed.Normalise(path) is not { } folder)
            return _ => AllowedPaths.Refusal(path);
        if (!Directory.Exists(folder))
            return _ => ProvidedValue.None($"{path} is not a directory");
        return key => Read(folder, key);
    }

    private static ProvidedValue Read(string folder, string key)
    {
        // A key is a file's name and no path, so that it cannot lead out of the folder.
        if (key != Path.GetFileName(key))
            return ProvidedValue.None($"'{key}' is not the name of a file");
        var file = Path.Combine(folder, key);
        if (!File.Exists(file))
            return ProvidedValue.None($"{folder} has no file '{key}'");
        try
        {
            return ProvidedValue.Of(File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"Could not read file {file} for property {key}: {e.Message}", e);
        }
    }
}
