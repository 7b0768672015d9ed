using System.Reflection;

namespace Exports.Kubernetes.Tests;

/// <summary>The files of the repository, as they are now rather than as they were when the tests were built.</summary>
internal static class Repository
{
    private static readonly string s_root = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "Repository").Value!;

    /// <summary>The full path of a file or folder.</summary>
    /// <param name="path">Its path below the root.</param>
    public static string PathOf(string path) => Path.GetFullPath(Path.Combine(s_root, path));
}
