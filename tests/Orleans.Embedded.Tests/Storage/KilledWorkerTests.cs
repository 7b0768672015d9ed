using System.Diagnostics;
using Exports.Grains.Storage.Sqlite;

namespace Exports.Engine.Tests.Storage;

public sealed class KilledWorkerTests : IDisposable
{
    private const string DirectoryVariable = "EXPORTS_TESTS_HOLD_DIRECTORY";

    private readonly DataDirectory _directory = new();

    [Fact]
    public async Task A_killed_workers_file_is_free_and_has_all_that_was_written()
    {
        using var worker = StartWorker();
        var ready = Path.Combine(_directory.Path, "ready");
        await Eventually.TrueAsync(() => File.Exists(ready) || worker.HasExited, () => "the worker has written");
        Assert.False(worker.HasExited);
        var exception = await Assert.ThrowsAsync<SqliteStorageException>(() => StateFiles.OpenAsync(_directory));
        Assert.Contains("in use by another worker", exception.Message);
        worker.Kill();
        await worker.WaitForExitAsync();
        await using var file = await StateFiles.OpenAsync(_directory);
        for (var i = 0; i < 100; i++)
            Assert.Equal(i, (await file.ReadAsync($"{i}")).State!.Number);
    }

    /// <summary>What the worker of the test above does; does nothing when it is run for itself.</summary>
    [Fact(Explicit = true)]
    public async Task Hold_the_file()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is not { Length: > 0 } path)
            return;

        await using var file = new StateFile(path, Microsoft.Extensions.Logging.Abstractions.NullLogger<StateFile>.Instance);
        file.Open();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => file.WriteNewAsync($"{i}", "text", i)));
        await File.WriteAllTextAsync(Path.Combine(path, "ready"), string.Empty);
        await Task.Delay(TimeSpan.FromMinutes(2));
    }

    public void Dispose() => _directory.Dispose();

    private Process StartWorker()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                typeof(KilledWorkerTests).Assembly.Location,
                "-explicit", "only", "-method", $"{typeof(KilledWorkerTests).FullName}.{nameof(Hold_the_file)}",
            },
            Environment = { [DirectoryVariable] = _directory.Path },
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }
}
