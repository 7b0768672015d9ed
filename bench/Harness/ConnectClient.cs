using System.Net.Http.Json;
using System.Text.Json;

namespace Exports.Harness;

/// <summary>The calls of Kafka Connect's REST API that a test or measurement needs.</summary>
public sealed class ConnectClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Makes a client.</summary>
    /// <param name="address">The worker, as in <c>http://127.0.0.1:8083</c>.</param>
    public ConnectClient(string address) => _http = new() { BaseAddress = new(address), Timeout = TimeSpan.FromSeconds(90) };

    /// <summary>The worker's address.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary>How many connectors there are.</summary>
    public async Task<int> CountAsync()
    {
        using var names = JsonDocument.Parse(await _http.GetByteArrayAsync("/connectors"));
        return names.RootElement.GetArrayLength();
    }

    /// <summary>Whether the worker answers.</summary>
    public async Task<bool> AnswersAsync()
    {
        try
        {
            using var response = await _http.GetAsync("/");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Creates a connector, or replaces its configuration.</summary>
    /// <exception cref="HttpRequestException">The worker refused; the message has its answer.</exception>
    public async Task PutConfigAsync(string name, IReadOnlyDictionary<string, string> config)
    {
        using var response = await _http.PutAsJsonAsync($"/connectors/{name}/config", config);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"{name}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>Deletes a connector.</summary>
    public async Task DeleteAsync(string name)
    {
        using var response = await _http.DeleteAsync($"/connectors/{name}");
        response.EnsureSuccessStatusCode();
    }

    /// <summary>How many connectors have all of their tasks, at least one, RUNNING.</summary>
    public async Task<int> RunningConnectorsAsync()
    {
        using var all = JsonDocument.Parse(await _http.GetByteArrayAsync("/connectors?expand=status"));
        return all.RootElement.EnumerateObject().Count(connector => IsRunning(connector.Value.GetProperty("status"), 1));
    }

    /// <summary>Waits until a connector and at least so many tasks of it are RUNNING.</summary>
    public Task WaitUntilRunningAsync(string name, int tasks)
        => Waiting.UntilAsync($"connector {name} is RUNNING with {tasks} tasks", async () =>
        {
            using var response = await _http.GetAsync($"/connectors/{name}/status");
            if (!response.IsSuccessStatusCode)
                return false;
            using var status = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
            return IsRunning(status.RootElement, tasks);
        });

    /// <summary>The status of a connector as the worker writes it.</summary>
    public Task<string> StatusAsync(string name) => _http.GetStringAsync($"/connectors/{name}/status");

    /// <summary>The stored offsets of a connector by partition number; of a connector that reads one topic.</summary>
    public async Task<Dictionary<int, long>> OffsetsAsync(string name)
    {
        using var offsets = JsonDocument.Parse(await _http.GetByteArrayAsync($"/connectors/{name}/offsets"));
        return offsets.RootElement.GetProperty("offsets").EnumerateArray().ToDictionary(
            entry => entry.GetProperty("partition").GetProperty("kafka_partition").GetInt32(),
            entry => entry.GetProperty("offset").GetProperty("kafka_offset").GetInt64());
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static bool IsRunning(JsonElement status, int tasks)
    {
        var states = status.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("state").GetString()).ToList();
        return status.GetProperty("connector").GetProperty("state").GetString() == "RUNNING"
            && states.Count >= tasks && states.TrueForAll(state => state == "RUNNING");
    }
}
