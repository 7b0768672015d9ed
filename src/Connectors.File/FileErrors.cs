using Exports.Connectors.Sdk;

namespace Exports.Connectors.File;

/// <summary>Says what is wrong with a file, and whether a retry can help.</summary>
internal static class FileErrors
{
    // errno on Linux: no space left, quota exceeded, larger than allowed; and Windows' code for the first.
    private static readonly int[] s_full = [28, 122, 27, unchecked((int)0x80070070)];

    /// <summary>Whether the disk had no room.</summary>
    public static bool IsDiskFull(Exception error) => error is IOException && s_full.Contains(error.HResult);

    /// <summary>The error of opening or making a file.</summary>
    public static ConnectException CannotOpen(string path, Exception error)
    {
        var folder = Path.GetDirectoryName(path);
        if (folder is not null && !Directory.Exists(folder))
            return new($"The file {path} cannot be opened: {folder} is not a directory that exists. It is not made, because " +
                $"a missing directory is mostly a volume that is not mounted.", error)
            { Cause = ErrorCause.DestinationMissing };
        if (Directory.Exists(path))
            return new($"The file {path} cannot be opened: it is a directory.", error) { Cause = ErrorCause.Configuration };
        return Describe($"The file {path} cannot be opened", error);
    }

    /// <summary>The error of writing to a file, of which nothing has stayed in the file.</summary>
    public static ConnectException CannotWrite(string path, Exception error)
        => Describe($"The file {path} cannot be written", error);

    private static ConnectException Describe(string what, Exception error)
        => IsDiskFull(error)
            ? new RetriableException($"{what}: the disk is full or the quota is used up.", error) { Cause = ErrorCause.DestinationRefused }
            : new ConnectException($"{what}: {error.Message}", error) { Cause = ErrorCause.DestinationRefused };
}
