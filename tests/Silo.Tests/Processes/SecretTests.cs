using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Exports.Kafka.Client;

namespace Exports.Silo.Tests.Processes;

/// <summary>Secrets that config providers give appear nowhere, whatever fails with them.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Secret = "s3cr3t-hunter2";

    private readonly ScratchDirectory _scratch = new();
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public void Dispose()
    {
        _kafka.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_secret_is_in_no_answer_log_or_state_whatever_fails_with_it()
    {
        using var topic = new TestTopic(_kafka, "views", 1);
        topic.Write(10);
        await File.WriteAllTextAsync(_scratch["secrets"], $"s={Secret}\nn=1\n");
        var placeholder = $"${{file:{_scratch["secrets"]}:s}}";
        var answers = new StringBuilder();
        await using var worker = await WorkerProcess.StartAsync(
            ("bootstrap.servers", _kafka.BootstrapServers), ("data.dir", _scratch["data"]), ("offset.flush.interval.ms", "500"),
            ("consumer.fetch.max.wait.ms", "10"), ("log.level", "DEBUG"),
            // Everything that is in the text is in it too.
            ("log.format", "json"), ("config.providers", "file"),
            ("config.providers.file.class", "FileConfigProvider"));
        (string Name, (string Key, string Value)[] Config)[] connectors =
        [
            // A destination whose error names the value.
            ("file", [("connector.class", "FileStreamSink"), ("file", $"/nowhere/{placeholder}/out")]),
            // An address that cannot be reached, and passwords.
            ("http", [("connector.class", "HttpSink"), ("http.url", $"http://127.0.0.1:1/{placeholder}"),
                ("http.signature.secret", placeholder), ("http.headers.x-key", placeholder), ("errors.retry.timeout", "0")]),
            // A Kafka that is not there, and a login.
            ("kafka", [("connector.class", "KafkaSink"), ("target.bootstrap.servers", "127.0.0.1:1"),
                ("target.security.protocol", "SASL_PLAINTEXT"), ("target.sasl.mechanism", "PLAIN"),
                ("target.sasl.jaas.config",
                    $"org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"{placeholder}\";")]),
            // Values that no check accepts.
            ("wrong", [("connector.class", "FileStreamSink"), ("file", "/tmp/x"), ("tasks.max", placeholder),
                ("errors.tolerance", placeholder), ("consumer.override.fetch.max.wait.ms", placeholder), ("topics.regex", placeholder)]),
        ];
        // A value that was good when the connector was created.
        await CallAsync(HttpMethod.Put, "/connectors/changed/config", new JsonObject
        {
            ["connector.class"] = "FileStreamSink",
            ["topics"] = topic.Name,
            ["file"] = _scratch["changed"],
            ["tasks.max"] = $"${{file:{_scratch["secrets"]}:n}}",
        });
        foreach (var (name, config) in connectors)
        {
            var body = new JsonObject(config.Append(("name", name)).Append(("topics", topic.Name)).DistinctBy(entry => entry.Item1)
                .Select(entry => KeyValuePair.Create(entry.Item1, (JsonNode?)entry.Item2)));
            await CallAsync(HttpMethod.Put, $"/connector-plugins/{config[0].Value}/config/validate", body);
            await CallAsync(HttpMethod.Put, $"/connectors/{name}/config", body);
            await CallAsync(HttpMethod.Post, "/exports/preview", new JsonObject { ["config"] = body.DeepClone() });
        }

        await StateOfTaskAsync(worker, "file", "FAILED");
        await StateOfTaskAsync(worker, "http", "FAILED");
        foreach (var path in new[] { "", "/config", "/status", "/tasks", "/tasks/0/status", "/tasks-config", "/offsets", "/topics" })
        {
            foreach (var name in new[] { "file", "http", "kafka" })
                await CallAsync(HttpMethod.Get, $"/connectors/{name}{path}");
        }

        await CallAsync(HttpMethod.Get, "/connectors?expand=info&expand=status");
        await CallAsync(HttpMethod.Get, "/");
        await CallAsync(HttpMethod.Get, "/health");
        await CallAsync(HttpMethod.Get, "/metrics");
        await CallAsync(HttpMethod.Get, "/exports/connectors");
        foreach (var name in new[] { "file", "http", "kafka" })
            await CallAsync(HttpMethod.Get, $"/exports/connectors/{name}");
        await File.WriteAllTextAsync(_scratch["secrets"], $"s={Secret}\nn={Secret}\n");
        await CallAsync(HttpMethod.Get, "/exports/connectors/changed/positions?at=latest");
        await CallAsync(HttpMethod.Post, "/exports/preview", new JsonObject { ["connector"] = "changed" });
        await CallAsync(HttpMethod.Post, "/connectors/file/restart?includeTasks=true");
        Assert.Equal(0, await worker.StopAsync());

        // It was used: the errors that quote it have its placeholder.
        Assert.Contains($"/nowhere/{placeholder}/out", answers.ToString());
        AssertClean("an answer", answers.ToString());
        AssertClean("the log", worker.Output);
        AssertClean("standard error", worker.Errors);
        foreach (var file in Directory.EnumerateFiles(_scratch["data"], "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) < 0, $"{file} holds the secret.");
            Assert.True(bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(Secret)) < 0, $"{file} holds the secret.");
        }

        async Task CallAsync(HttpMethod method, string path, JsonNode? body = null)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body.DeepClone()) };
            using var response = await worker.Client.SendAsync(request);
            answers.Append(method).Append(' ').AppendLine(path).AppendLine(response.Headers.ToString())
                .AppendLine(await response.Content.ReadAsStringAsync());
        }
    }

    private static Task StateOfTaskAsync(WorkerProcess worker, string connector, string state)
    {
        JsonNode? status = null;
        return Eventually.TrueAsync(
            async () =>
            {
                status = await worker.GetAsync($"/connectors/{connector}/status");
                return status!["tasks"]!.AsArray().Any(task => (string)task!["state"]! == state && task["trace"] is not null);
            },
            () => $"{connector} is {state}; it is {status?.ToJsonString()}\n{worker.Output}");
    }

    private static void AssertClean(string what, string text)
    {
        var at = text.IndexOf(Secret, StringComparison.Ordinal);
        Assert.True(at < 0, at < 0 ? "" : $"{what} holds the secret: {text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 100)]}");
    }
}
