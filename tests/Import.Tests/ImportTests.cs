using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Exports.Kafka.Client;
using Exports.Rest.Client;
using Exports.Silo;
using Exports.Silo.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Exports.Import.Tests;

/// <summary>From a cluster that answers as Kafka Connect does to a real worker.</summary>
public sealed class ImportTests : IAsyncLifetime
{
    private const string FileSink = "org.apache.kafka.connect.file.FileStreamSinkConnector";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("exports-import-");
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(1, ("views", 1));
    private WebApplication _worker = null!;

    public async ValueTask InitializeAsync()
    {
        _worker = WorkerHost.Build(
            WorkerConfig.From(new Dictionary<string, string>
            {
                ["bootstrap.servers"] = _kafka.BootstrapServers,
                ["listeners"] = "http://127.0.0.1:0",
                ["data.dir"] = Path.Combine(_scratch.FullName, "data"),
                ["offset.flush.interval.ms"] = "500",
                ["consumer.fetch.max.wait.ms"] = "10",
            }),
            builder => builder.Logging.ClearProviders());
        await _worker.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.StopAsync();
        await _worker.DisposeAsync();
        _kafka.Dispose();
        _scratch.Delete(recursive: true);
    }

    [Fact]
    public async Task Each_connector_is_said_to_run_or_not_with_the_keys_that_have_no_effect_and_what_to_do_first()
    {
        await using var old = await ConnectServer.StartAsync();
        old.Add("a source", type: "source", config: [("connector.class", "io.debezium.Postgres")])
            .Add("class", config: [("connector.class", "com.snowflake.SnowflakeSink"), ("topics", "views")])
            .Add("keys", config: [Class, Topic, ("file", "x"), ("fille", "y"), ("key.converter", Bytes), ("value.converter", Bytes)])
            .Add("running", "RUNNING", config: [Class, Topic, ("file", "x")])
            .Add("wrong", config: [Class, Topic, ("tasks.max", "0")]);

        var (code, report) = await ImportAsync(old);

        Assert.Equal(ImportCommand.SomeCannot, code);
        Assert.Contains("2 of 5 connectors can run here. Nothing was created; --apply does that.", report);
        Assert.Contains("error: It is a source connector; only sinks run here.", report);
        Assert.Contains("error: Failed to find any class that implements Connector and which name matches com.snowflake.SnowflakeSink", report);
        Assert.Contains("key: nobody reads the configuration key 'fille'; did you mean 'file'?", report);
        Assert.Contains($"curl -X PUT {old.Address.ToString().TrimEnd('/')}/connectors/running/stop", report);
        Assert.Contains("note: It names no key.converter and no value.converter: the worker's is used", report);
        Assert.Contains("error: Invalid value 0 for configuration tasks.max: Value must be at least 1", report);
        Assert.Contains("error: Missing required configuration \"file\"", report);
        Assert.Equal("[]", await GetAsync("connectors"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connector_is_created_stopped_and_goes_on_from_the_offset_that_its_group_has_committed(bool isOld)
    {
        var file = Path.Combine(_scratch.FullName, "out");
        await using var old = await ConnectServer.StartAsync(isOld);
        old.Add("a/b c", config: [Class, Topic, ("file", file)]);
        Produce(10);
        Commit("connect-a/b c", 4);

        var (code, report) = await ImportAsync(old, "--apply");

        Assert.True(code == ImportCommand.AllCanRun, report);
        Assert.Contains("created, STOPPED", report);
        Assert.Contains("\"state\":\"STOPPED\"", await GetAsync("connectors/a%2Fb%20c/status"));
        Assert.Contains("\"kafka_offset\":4", await GetAsync("connectors/a%2Fb%20c/offsets"));
        using (var client = Client())
            (await client.PutAsync("connectors/a%2Fb%20c/resume", null)).EnsureSuccessStatusCode();
        var end = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (!(File.Exists(file) && (await File.ReadAllLinesAsync(file)).Length >= 6))
        {
            Assert.True(Environment.TickCount64 < end, $"Six records arrive; {await GetAsync("connectors/a%2Fb%20c/status")}");
            await Task.Delay(20);
        }

        Assert.Equal(["4", "5", "6", "7", "8", "9"], await File.ReadAllLinesAsync(file));
    }

    [Fact]
    public async Task What_is_there_already_is_left_as_it_is_and_no_value_is_told()
    {
        await using var old = await ConnectServer.StartAsync();
        old.Add("same", config: [Class, Topic, ("file", "hunter2")]).Add("other", config: [Class, Topic, ("file", "hunter2")]);
        Assert.Equal(ImportCommand.AllCanRun, (await ImportAsync(old, "--apply")).Code);
        using (var client = Client())
        {
            await client.PutAsJsonAsync("connectors/other/config", new Dictionary<string, string>
            {
                ["connector.class"] = FileSink,
                ["topics"] = "views",
                ["file"] = "elsewhere",
                ["tasks.max"] = "2",
            });
        }

        var (code, report) = await ImportAsync(old, "--apply");

        Assert.Equal(ImportCommand.SomeCannot, code);
        Assert.Contains("same\n  note", report);
        Assert.Contains("\n  is here already\n", report);
        Assert.Contains("is here already with another configuration, and was left as it is; different: file, tasks.max", report);
        Assert.DoesNotContain("hunter2", report);
        Assert.Contains("elsewhere", await GetAsync("connectors/other/config"));
    }

    [Fact]
    public async Task The_report_for_programs_has_the_same()
    {
        await using var old = await ConnectServer.StartAsync();
        old.KafkaClusterId = "other";
        old.Add("a", "PAUSED", config: [Class, Topic, ("file", "hunter2"), ("consumer.override.group.id", "g")]).Add("b", config: [Class, Topic]);

        var (code, report) = await ImportAsync(old, "--json", "--connector", "a");

        Assert.Equal(ImportCommand.AllCanRun, code);
        var connector = Assert.Single(JsonNode.Parse(report)!["connectors"]!.AsArray())!;
        Assert.Equal(("a", "PAUSED", "g", true), ((string)connector["name"]!, (string)connector["state"]!, (string)connector["group"]!, (bool)connector["can_run"]!));
        Assert.DoesNotContain("hunter2", report);
    }

    [Theory]
    [InlineData("jack:secret", "Basic amFjazpzZWNyZXQ=")]
    [InlineData("Bearer abc\n", "Bearer abc")]
    public async Task Credentials_come_from_a_file(string credentials, string header)
    {
        await using var old = await ConnectServer.StartAsync();
        old.Authorization = header;
        var file = Path.Combine(_scratch.FullName, "credentials");
        await File.WriteAllTextAsync(file, credentials);

        Assert.Equal(ImportCommand.AllCanRun, (await ImportAsync(old, "--from-credentials", file)).Code);
        var refused = await Assert.ThrowsAsync<UnreachableException>(() => ImportAsync(old));
        Assert.Contains("401: it wants other credentials; give a file that holds them by --from-credentials", refused.Message);
    }

    [Fact]
    public async Task A_side_that_does_not_answer_or_is_something_else_is_named()
    {
        await using var old = await ConnectServer.StartAsync();
        using var nobody = new ConnectClient(new(new("http://127.0.0.1:1"), null, "--to-credentials", s_patience));
        using var source = new ConnectClient(new(old.Address, null, "--from-credentials", s_patience));
        var e = await Assert.ThrowsAsync<UnreachableException>(
            () => ImportCommand.RunAsync(source, nobody, [], apply: false, json: false, TextWriter.Null, CancellationToken.None));
        Assert.StartsWith("http://127.0.0.1:1/ cannot be reached: ", e.Message);
        Assert.Equal(ImportCommand.Unusable, await InvokeAsync("http://127.0.0.1:1"));
        Assert.NotEmpty(ImportCommand.Create().Parse(["nonsense"]).Errors);
    }

    private static (string, string) Class => ("connector.class", FileSink);

    private static (string, string) Topic => ("topics", "views");

    private static string Bytes => "org.apache.kafka.connect.converters.ByteArrayConverter";

    private static Task<int> InvokeAsync(params string[] arguments) => ImportCommand.Create().Parse(arguments).InvokeAsync();

    private async Task<(int Code, string Report)> ImportAsync(ConnectServer old, params string[] options)
    {
        var credentials = options.SkipWhile(option => option != "--from-credentials").Skip(1).FirstOrDefault();
        using var source = new ConnectClient(new(
            old.Address, credentials is null ? null : await File.ReadAllTextAsync(credentials), "--from-credentials", s_patience));
        using var target = new ConnectClient(new(WorkerHost.AddressOf(_worker), null, "--to-credentials", s_patience));
        var output = new StringWriter { NewLine = "\n" };
        var code = await ImportCommand.RunAsync(
            source, target, [.. options.SkipWhile(option => option != "--connector").Skip(1).Take(1)],
            options.Contains("--apply"), options.Contains("--json"), output, CancellationToken.None);
        return (code, output.ToString());
    }

    private HttpClient Client() => new() { BaseAddress = WorkerHost.AddressOf(_worker) };

    private async Task<string> GetAsync(string path)
    {
        using var client = Client();
        return await client.GetStringAsync(path);
    }

    private void Produce(int records)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = _kafka.BootstrapServers }).Build();
        for (var i = 0; i < records; i++)
            producer.Produce(new TopicPartition("views", 0), new Message<Null, string> { Value = $"{i}" });
        producer.Flush(s_patience);
    }

    private void Commit(string group, long offset)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = _kafka.BootstrapServers, GroupId = group }).Build();
        consumer.Commit([new TopicPartitionOffset("views", 0, offset)]);
    }
}
