using System.Net.Http.Json;
using System.Text.Json;

namespace Exports.Demo.Run;

/// <summary>The demo's two connectors, managed as anybody would: over the worker's REST API.</summary>
internal sealed class DemoConnectors(Uri worker) : IDisposable
{
    /// <summary>The environment variable with the Kafka's address.</summary>
    public const string KafkaVariable = "EXPORTS_DEMO_KAFKA";

    public const string ToFile = "demo-to-file";
    public const string ToTopic = "demo-to-topic";

    private readonly HttpClient _http = new() { BaseAddress = worker, Timeout = TimeSpan.FromSeconds(90) };

    /// <summary>Creates both, or leaves them as an earlier start has created them.</summary>
    /// <exception cref="HttpRequestException">The worker refused.</exception>
    public async Task CreateAsync(string sourceTopic, string file, string targetTopic, CancellationToken cancellationToken)
    {
        await PutAsync(ToFile, new()
        {
            ["connector.class"] = "FileStreamSink",
            ["tasks.max"] = "1",
            ["topics"] = sourceTopic,
            ["file"] = file,
        }, cancellationToken);
        await PutAsync(ToTopic, new()
        {
            ["connector.class"] = "KafkaSink",
            ["tasks.max"] = "6",
            ["topics"] = sourceTopic,
            // Another one at each start; the connector's configuration stays the same.
            ["target.bootstrap.servers"] = $"${{env:{KafkaVariable}}}",
            ["target.topic"] = targetTopic,
            ["target.linger.ms"] = "0",
        }, cancellationToken);
    }

    /// <summary>Whether both and all of their tasks are RUNNING.</summary>
    public async Task<bool> AreRunningAsync(CancellationToken cancellationToken)
    {
        using var all = JsonDocument.Parse(await _http.GetByteArrayAsync("/connectors?expand=status", cancellationToken));
        return new[] { ToFile, ToTopic }.All(name =>
            all.RootElement.TryGetProperty(name, out var connector) && IsRunning(connector.GetProperty("status")));
    }

    /// <summary>The offsets that a connector has stored, by partition.</summary>
    public async Task<IReadOnlyDictionary<int, long>> OffsetsAsync(string name, CancellationToken cancellationToken)
    {
        using var offsets = JsonDocument.Parse(await _http.GetByteArrayAsync($"/connectors/{name}/offsets", cancellationToken));
        return offsets.RootElement.GetProperty("offsets").EnumerateArray().ToDictionary(
            entry => entry.GetProperty("partition").GetProperty("kafka_partition").GetInt32(),
            entry => entry.GetProperty("offset").GetProperty("kafka_offset").GetInt64());
    }

    public void Dispose() => _http.Dispose();

    private static bool IsRunning(JsonElement status)
    {
        var tasks = status.GetProperty("tasks").EnumerateArray().ToList();
        return tasks.Count > 0 && tasks.Append(status.GetProperty("connector"))
            .All(part => part.GetProperty("state").GetString() == "RUNNING");
    }

    private async Task PutAsync(string name, Dictionary<string, string> config, CancellationToken cancellationToken)
    {
        using var response = await _http.PutAsJsonAsync($"/connectors/{name}/config", config, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"The worker refused the connector {name}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }
}
