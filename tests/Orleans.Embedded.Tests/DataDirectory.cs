namespace Exports.Engine.Tests;

/// <summary>A directory of a test's own.</summary>
internal sealed class DataDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("exports-engine-").FullName;

    public string File => System.IO.Path.Combine(Path, "exports.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
