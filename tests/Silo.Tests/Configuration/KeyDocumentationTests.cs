using Exports.Silo.Configuration;

namespace Exports.Silo.Tests.Configuration;

public sealed class KeyDocumentationTests
{
    [Fact]
    public void The_documentation_of_the_worker_keys_is_the_table()
    {
        var file = Path.Combine(Repository(), "docs", "worker-configuration.md");

        Assert.True(File.Exists(file), $"{file} is missing; write it with: Exports.Silo --keys > {file}");
        Assert.Equal(KeyDocumentation.Render(), File.ReadAllText(file));
    }

    [Fact]
    public void Every_used_key_is_in_a_group_that_is_documented()
        => Assert.All(WorkerKeys.All.Where(key => key.Use == KeyUse.Used), key => Assert.Contains(key.Definition.Group, WorkerKeys.Groups));

    private static string Repository()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Exports.sln")))
            directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("no Exports.sln above the tests");
        return directory;
    }
}
