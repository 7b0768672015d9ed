using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>The parameter <c>allowed.paths</c> of a config provider: which files and folders it may read.</summary>
internal sealed class AllowedPaths
{
    public const string Key = "allowed.paths";

    private readonly string[]? _allowed;

    /// <param name="provider">The provider's name, for messages.</param>
    /// <param name="value">
    /// Absolute paths separated by commas, each of something that exists; null or empty to allow everything.
    /// </param>
    /// <exception cref="ConfigException">A path is relative or does not exist.</exception>
    public AllowedPaths(string provider, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            return;
        _allowed = [.. value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(path =>
        {
            if (!Path.IsPathRooted(path))
                throw new ConfigException($"config.providers.{provider}.param.{Key}: Path {path} is not absolute");
            var normalised = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            return Path.Exists(normalised)
                ? normalised
                : throw new ConfigException($"config.providers.{provider}.param.{Key}: Path {normalised} does not exist");
        })];
    }

    /// <summary>The full path of something that may be read, or null when it may not.</summary>
    public string? Normalise(string path)
    {
        // GetFullPath takes away "..", so that no path climbs out of an allowed folder.
        var full = Path.GetFullPath(path);
        return _allowed is null || _allowed.Any(allowed => IsWithin(full, allowed)) ? full : null;
    }

    /// <summary>The answer where a path may not be read.</summary>
    public static ProvidedValue Refusal(string path) => ProvidedValue.None($"{path} is outside the provider's {Key}");

    private static bool IsWithin(string path, string folder)
        => path == folder || folder == "/" || path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
