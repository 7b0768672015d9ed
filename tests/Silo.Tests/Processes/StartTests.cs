using System.Net;
using System.Net.Sockets;

namespace Exports.Silo.Tests.Processes;

public sealed class StartTests : IDisposable
{
    private const string NoKafka = "127.0.0.1:1";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_worker_says_where_it_is_and_what_it_does_not_need()
    {
        await using var worker = WorkerProcess.Launch(
            [],
            new Dictionary<string, string>
            {
                ["CONNECT_LISTENERS"] = "http://127.0.0.1:0",
                ["CONNECT_BOOTSTRAP_SERVERS"] = NoKafka,
                ["CONNECT_DATA_DIR"] = _scratch["data"],
                ["CONNECT_CONFIG_STORAGE_TOPIC"] = "connect-configs",
                ["CONNECT_REST_ADVERTISED_HOST_NAME"] = "connect",
                ["CONNECT_OFFSET_FLUSH_INTERVALL_MS"] = "1",
            });
        await worker.BecomeHealthyAsync();

        Assert.Contains($"engine {WorkerHost.EngineName}", worker.Output);
        Assert.Contains($"Kafka {NoKafka}; state in {_scratch["data"]}", worker.Output);
        Assert.Contains("Not needed: config.storage.topic, rest.advertised.host.name", worker.Output);
        Assert.Contains("Did you mean offset.flush.interval.ms?", worker.Output);
        Assert.Contains("CONNECT_BOOTSTRAP_SERVERS", worker.Output);
        Assert.Equal(0, await worker.StopAsync());
        Assert.Empty(worker.Errors);
    }

    [Theory]
    [InlineData(WorkerProcess.SigTerm)]
    [InlineData(WorkerProcess.SigInt)]
    public async Task A_signal_stops_the_worker_cleanly(int signal)
    {
        await using var worker = await WorkerProcess.StartAsync(("bootstrap.servers", NoKafka), ("data.dir", _scratch["data"]));

        worker.Signal(signal);

        Assert.Equal(0, await worker.WaitForExitAsync());
    }

    [Fact]
    public async Task A_wrong_configuration_is_reported_whole_and_without_a_stack_trace()
    {
        await File.WriteAllTextAsync(_scratch["worker.properties"], "offset.flush.interval.ms=soon\nlisteners=ftp://:8443\n");
        await using var worker = WorkerProcess.Launch(
            [_scratch["worker.properties"], .. WorkerProcess.Overrides([("data.dir", _scratch["data"])])]);

        Assert.Equal(2, await worker.WaitForExitAsync());
        Assert.Contains("offset.flush.interval.ms", worker.Errors);
        Assert.Contains("soon", worker.Errors);
        Assert.Contains("ftp", worker.Errors);
        Assert.DoesNotContain("   at ", worker.Errors);
        Assert.False(Directory.Exists(_scratch["data"]));
    }

    [Fact]
    public async Task Converters_of_the_worker_that_cannot_be_made_are_named_at_the_start()
    {
        await using var worker = WorkerProcess.Launch([.. WorkerProcess.Overrides(
            [
                ("bootstrap.servers", NoKafka),
                ("data.dir", _scratch["data"]),
                ("key.converter", "StringConvertor"),
                ("value.converter", "JsonConverter"),
                ("value.converter.plugin.version", "99"),
                ("header.converter", "StringConverter"),
                ("header.converter.converter.encoding", "nope"),
            ])]);

        Assert.Equal(2, await worker.WaitForExitAsync());
        Assert.Contains("Invalid value StringConvertor for configuration key.converter: ", worker.Errors);
        Assert.Contains("Did you mean StringConverter?", worker.Errors);
        Assert.Contains("Invalid value 99 for configuration value.converter.plugin.version: ", worker.Errors);
        Assert.Contains("header.converter: ", worker.Errors);
    }

    [Theory]
    [InlineData("--nonsense", "--nonsense")]
    [InlineData("missing.properties", "missing.properties")]
    [InlineData("--override", "KEY=VALUE")]
    public async Task A_wrong_command_line_ends_with_2(string argument, string named)
    {
        await using var worker = WorkerProcess.Launch([argument]);

        Assert.Equal(2, await worker.WaitForExitAsync());
        Assert.Contains(named, worker.Errors);
    }

    [Fact]
    public async Task Help_is_printed_and_nothing_is_started()
    {
        await using var worker = WorkerProcess.Launch(["--help"]);

        Assert.Equal(0, await worker.WaitForExitAsync());
        Assert.Contains("worker.properties", worker.Output);
    }

    [Fact]
    public async Task A_worker_that_others_can_reach_says_that_nobody_is_asked_who_they_are()
    {
        await using var worker = WorkerProcess.Launch(WorkerProcess.Overrides(
            [("listeners", "http://127.0.0.2:0,http://0.0.0.0:0"), ("bootstrap.servers", NoKafka), ("data.dir", _scratch["data"])]));
        await worker.BecomeHealthyAsync();

        var line = Assert.Single(worker.Output.Split('\n'), line => line.Contains("nobody is asked who they are", StringComparison.Ordinal));
        Assert.Contains("(all addresses)", line);
        Assert.DoesNotContain("127.0.0.2", line);
        Assert.Equal(0, await worker.StopAsync());
    }

    [Fact]
    public async Task A_second_worker_is_refused_the_data_directory_of_the_first()
    {
        await using var first = await WorkerProcess.StartAsync(("bootstrap.servers", NoKafka), ("data.dir", _scratch["data"]));
        await using var second = WorkerProcess.Launch(WorkerProcess.Overrides(
            [("listeners", "http://127.0.0.1:0"), ("bootstrap.servers", NoKafka), ("data.dir", _scratch["data"])]));

        Assert.Equal(1, await second.WaitForExitAsync());
        Assert.Contains("in use by another worker", AssertOneLine(second.Errors));
        Assert.Equal(HttpStatusCode.OK, await first.GetStatusAsync("/health"));
        Assert.Equal(0, await first.StopAsync());
    }

    [Fact]
    public async Task A_corrupt_state_file_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(_scratch["data"]);
        var file = Path.Combine(_scratch["data"], "exports.db");
        var garbage = Enumerable.Range(0, 10_000).Select(i => (byte)(i * 31)).ToArray();
        await File.WriteAllBytesAsync(file, garbage);
        await using var worker = WorkerProcess.Launch(WorkerProcess.Overrides(
            [("listeners", "http://127.0.0.1:0"), ("bootstrap.servers", NoKafka), ("data.dir", _scratch["data"])]));

        Assert.Equal(1, await worker.WaitForExitAsync());
        Assert.Contains(file, AssertOneLine(worker.Errors));
        Assert.Equal(garbage, await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_written_is_named()
    {
        await File.WriteAllTextAsync(_scratch["file"], "");
        await using var worker = WorkerProcess.Launch(WorkerProcess.Overrides(
            [("listeners", "http://127.0.0.1:0"), ("bootstrap.servers", NoKafka), ("data.dir", _scratch["file/data"])]));

        Assert.Equal(1, await worker.WaitForExitAsync());
        Assert.Contains(_scratch["file/data"], AssertOneLine(worker.Errors));
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_named_before_anything_else_starts()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var worker = WorkerProcess.Launch(WorkerProcess.Overrides(
            [("listeners", $"http://127.0.0.1:{port}"), ("bootstrap.servers", NoKafka), ("data.dir", _scratch["data"])]));

        Assert.Equal(1, await worker.WaitForExitAsync());
        Assert.Contains($"Port {port} is in use", AssertOneLine(worker.Errors));
        Assert.False(Directory.Exists(_scratch["data"]));
    }

    [Fact]
    public async Task Without_librdkafka_the_start_fails_with_where_it_was_looked_for()
    {
        await using var worker = WorkerProcess.Launch([], new Dictionary<string, string> { ["EXPORTS_LIBRDKAFKA"] = _scratch["nowhere.so"] });

        Assert.Equal(1, await worker.WaitForExitAsync());
        Assert.Contains(_scratch["nowhere.so"], worker.Errors);
        Assert.DoesNotContain("   at ", worker.Errors);
    }

    private static string AssertOneLine(string errors) => Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
