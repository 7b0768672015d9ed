using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary><c>${dir:/mnt/secret:password}</c>: the whole content of a file in a folder, as Kubernetes mounts secrets.</summary>
internal sealed partial class DirectoryConfigProvider(AllowedPaths allowed, ILogger logger) : IConfigProvider
{
    public Func<string, string?> Open(string path)
    {
        if (path.Length == 0)
            return _ => null;
        if (allowed.Normalise(path) is not { } folder)
        {
            Log.NotAllowed(logger, path);
            return _ => null;
        }
        if (!Directory.Exists(folder))
        {
            Log.NotAFolder(logger, path);
            return _ => null;
        }
        return key => Read(folder, key);
    }

    private static string? Read(string folder, string key)
    {
        // A key is a file's name and no path, so that it cannot lead out of the folder.
        var file = Path.Combine(folder, key);
        if (key != Path.GetFileName(key) || !File.Exists(file))
            return null;
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"Could not read file {file} for property {key}: {e.Message}", e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "The path {Path} is not allowed to be accessed; its placeholders stay as they are.")]
        public static partial void NotAllowed(ILogger logger, string path);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning,
            Message = "The path {Path} is not a directory; its placeholders stay as they are.")]
        public static partial void NotAFolder(ILogger logger, string path);
    }
}
