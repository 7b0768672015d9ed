using Exports.Kafka.Client;

namespace Exports.Silo.Tests.Processes;

public sealed class ReloadTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public void Dispose()
    {
        _kafka.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_value_that_changes_restarts_the_connectors_that_it_was_given_to_unless_they_ask_for_none()
    {
        using var topic = new TestTopic(_kafka, "views", 1);
        Mount("..1", ("follows", "follows.1"), ("stays", "stays.1"), ("same", "same.1"));
        File.CreateSymbolicLink(_scratch["..data"], "..1");
        File.CreateSymbolicLink(_scratch["names"], "..data/names");
        await using var worker = await WorkerProcess.StartAsync(
            ("bootstrap.servers", _kafka.BootstrapServers), ("data.dir", _scratch["data"]), ("offset.flush.interval.ms", "500"),
            ("consumer.fetch.max.wait.ms", "10"), ("config.reload.interval.ms", "100"), ("config.providers", "file"),
            ("config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider"));
        foreach (var (name, action) in new[] { ("follows", "restart"), ("stays", "none"), ("same", "restart") })
        {
            await worker.CreateAsync(
                name, ("connector.class", "FileStreamSink"), ("topics", topic.Name), ("config.action.reload", action),
                ("file", $"${{file:{_scratch["names"]}:{name}}}"),
                ("value.converter", "org.apache.kafka.connect.storage.StringConverter"));
        }

        topic.Write(10);
        await Eventually.TrueAsync(
            () => Lines("follows.1") == 10 && Lines("stays.1") == 10 && Lines("same.1") == 10, () => $"all is delivered\n{worker.Output}");

        // As Kubernetes does it: the link to the folder is replaced. What cannot be read in between has not changed.
        Mount("..2", ("follows", "follows.2"), ("stays", "stays.2"), ("same", "same.1"));
        File.Delete(_scratch["..data"]);
        File.CreateSymbolicLink(_scratch["..data"], "..2");
        await Eventually.TrueAsync(
            () => worker.Output.Contains("Connector follows is restarted", StringComparison.Ordinal), () => $"it is seen\n{worker.Output}");

        // The task that still runs may take some of them.
        await Eventually.TrueAsync(
            () =>
            {
                topic.Write(1);
                return Lines("follows.2") > 0;
            },
            () => $"the new value is used\n{worker.Output}");
        await Eventually.TrueAsync(
            () => Lines("stays.1") == topic.Count && Lines("same.1") == topic.Count
                && Lines("follows.1") + Lines("follows.2") >= topic.Count,
            () => $"all is delivered\n{worker.Output}");
        Assert.False(File.Exists(_scratch["stays.2"]));
        Assert.DoesNotContain("Connector stays is restarted", worker.Output);
        Assert.DoesNotContain("Connector same is restarted", worker.Output);
        Assert.Equal(0, await worker.StopAsync());
    }

    private void Mount(string folder, params (string Name, string File)[] names)
    {
        Directory.CreateDirectory(_scratch[folder]);
        File.WriteAllLines(Path.Combine(_scratch[folder], "names"), names.Select(name => $"{name.Name}={_scratch[name.File]}"));
    }

    private int Lines(string file)
    {
        if (!File.Exists(_scratch[file]))
            return 0;
        using var reader = new StreamReader(
            new FileStream(_scratch[file], FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd().Count(c => c == '\n');
    }
}
