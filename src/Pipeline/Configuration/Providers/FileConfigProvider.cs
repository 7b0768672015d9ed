using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary><c>${file:/etc/secrets/aws.properties:accessKey}</c>: a key of a Java properties file.</summary>
internal sealed partial class FileConfigProvider(AllowedPaths allowed, ILogger logger) : IConfigProvider
{
    public Func<string, string?> Open(string path)
    {
        if (path.Length == 0)
            return _ => null;
        if (allowed.Normalise(path) is not { } file)
        {
            Log.NotAllowed(logger, path);
            return _ => null;
        }
        try
        {
            return JavaProperties.Load(file).GetValueOrDefault;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ConfigException($"Could not read properties from file {path}: {e.Message}", e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "The path {Path} is not allowed to be accessed; its placeholders stay as they are.")]
        public static partial void NotAllowed(ILogger logger, string path);
    }
}
