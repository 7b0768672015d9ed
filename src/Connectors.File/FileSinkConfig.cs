using Exports.Connectors.Sdk;

namespace Exports.Connectors.File;

/// <summary>The keys of the file sink.</summary>
/// <param name="Path">The full path of the file.</param>
/// <param name="Fsync">Whether a flush waits until the disk has the data.</param>
/// <param name="Rotation">When the file gives way to a new one; null for never.</param>
internal sealed record FileSinkConfig(string Path, bool Fsync, RotationPolicy? Rotation)
{
    private const string PathKey = "file";
    private const string FsyncKey = "file.fsync";
    private const string RotateBytesKey = "file.rotate.bytes";
    private const string RotateKeepKey = "file.rotate.keep";

    public static ConfigDef Definition { get; } =
    [
        new(PathKey, ConfigType.String,
            "The file to append to. Made when it is missing; its directory is not, because a missing directory is mostly a " +
                "volume that is not mounted.")
        {
            Importance = ConfigImportance.High,
            Group = "File",
            Width = ConfigWidth.Long,
            DisplayName = "File",
            Check = CheckPath,
        },
        new(FsyncKey, ConfigType.Boolean,
            "Whether offsets are committed only once the disk has the data (fsync). Without it, a loss of power may lose " +
                "what was committed; the end of the process does not.")
        {
            Default = "true",
            Group = "File",
            Width = ConfigWidth.Short,
            DisplayName = "Sync to disk on flush",
        },
        new(RotateBytesKey, ConfigType.Long,
            "At how many bytes the file is renamed to its name with .000001, .000002 and so on, and a new one begun. No file " +
                "is larger, unless a single record is. -1 for never.")
        {
            Default = "-1",
            Group = "File",
            DisplayName = "Rotate at bytes",
            Check = MinusOneOrMore,
        },
        new(RotateKeepKey, ConfigType.Int, "How many renamed files are kept; the oldest beyond are deleted. -1 to keep all.")
        {
            Default = "-1",
            Group = "File",
            Width = ConfigWidth.Short,
            DisplayName = "Rotated files to keep",
            Check = MinusOneOrMore,
        },
    ];

    /// <summary>Reads the keys.</summary>
    /// <exception cref="ConfigException">A key is missing or has a value that is not allowed.</exception>
    public static FileSinkConfig Parse(IReadOnlyDictionary<string, string> config)
    {
        var parsed = Definition.Parse(config);
        var rotateBytes = parsed.GetLong(RotateBytesKey);
        return new(
            System.IO.Path.GetFullPath(parsed.GetString(PathKey)),
            parsed.GetBoolean(FsyncKey),
            rotateBytes < 0 ? null : new(rotateBytes, parsed.GetInt(RotateKeepKey)));
    }

    private static string? CheckPath(object? value) => value switch
    {
        not string => null,
        "" => "String must be non-empty",
        string path when path.Contains('\0') => "A path has no NUL characters",
        string path when System.IO.Path.EndsInDirectorySeparator(path) => "The path is that of a directory; a file's is needed",
        _ => null,
    };

    private static string? MinusOneOrMore(object? value) => value switch
    {
        null => "Value must be non-null",
        -1 or -1L => null,
        int and < 1 or long and < 1 => "Value must be -1 or at least 1",
        _ => null,
    };
}
