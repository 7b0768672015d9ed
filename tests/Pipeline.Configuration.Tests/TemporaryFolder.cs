namespace Exports.Pipeline.Configuration.Tests;

/// <summary>A folder for one test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("exports-test-").FullName;

    public string Folder(string name) => System.IO.Path.Combine(Path, name);

    public string File(string name, string content)
    {
        var file = System.IO.Path.Combine(Path, name);
        System.IO.File.WriteAllText(file, content);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
