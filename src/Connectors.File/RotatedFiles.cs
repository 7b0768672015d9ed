using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.File;

/// <summary>
/// The files that a file was renamed to: its name with a rising number of at least six digits. Numbers are never used
/// twice while an older file is there, and no file is renamed twice, so that nothing is lost whatever interrupts it.
/// </summary>
internal static partial class RotatedFiles
{
    /// <summary>Renames the file to the next number.</summary>
    /// <returns>The new name.</returns>
    /// <exception cref="IOException">It could not be renamed, and is where it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be renamed, and is where it was.</exception>
    public static string MoveAside(string path)
    {
        var number = Find(path).LastOrDefault().Number + 1;
        var rotated = string.Create(CultureInfo.InvariantCulture, $"{path}.{number:D6}");
        System.IO.File.Move(path, rotated, overwrite: false);
        return rotated;
    }

    /// <summary>Deletes all but the newest. What cannot be deleted is logged, and stays.</summary>
    /// <param name="path">The name that they are derived from.</param>
    /// <param name="keep">How many stay; −1 for all.</param>
    /// <param name="logger">Where to report.</param>
    public static void DeleteAllBut(string path, int keep, ILogger logger)
    {
        if (keep < 0)
            return;
        foreach (var (_, file) in Find(path).SkipLast(keep))
        {
            try
            {
                System.IO.File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.NotDeleted(logger, file, e);
            }
        }
    }

    /// <summary>The rotated files, oldest first.</summary>
    private static List<(long Number, string File)> Find(string path)
    {
        var found = new List<(long, string)>();
        var name = Path.GetFileName(path) + ".";
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(path)!))
        {
            var other = Path.GetFileName(file.AsSpan());
            if (other.StartsWith(name, StringComparison.Ordinal)
                && other.Length - name.Length >= 6
                && long.TryParse(other[name.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                found.Add((number, file));
            }
        }
        found.Sort();
        return found;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The rotated file {File} could not be deleted.")]
        public static partial void NotDeleted(ILogger logger, string file, Exception error);
    }
}
