using System.Globalization;
using System.Text.Json;
using Exports.Harness;

namespace Exports.Bench.Sinks;

/// <summary>A <see cref="Receiver"/> as a process of its own.</summary>
internal sealed class ReceiverProcess : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Uri _address;

    private ReceiverProcess(ChildProcess process, int http, int grpc)
    {
        Process = process;
        _address = new($"http://127.0.0.1:{http}");
        Records = new(_address, "/records");
        Grpc = new($"http://127.0.0.1:{grpc}");
    }

    /// <summary>Where lines are posted.</summary>
    public Uri Records { get; }

    /// <summary>Where messages are published.</summary>
    public Uri Grpc { get; }

    public ChildProcess Process { get; }

    /// <summary>Starts it.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message has its output.</exception>
    public static async Task<ReceiverProcess> StartAsync(string directory)
    {
        // A log of its own: output is appended, and an earlier receiver's ports must not be taken for this one's.
        var log = Path.Combine(directory, $"receiver-{Guid.NewGuid():N}.log");
        var process = ChildProcess.Start("Bench", ["raw", RawCommand.Receiver, ""], log);
        try
        {
            Dictionary<string, int>? ports = null;
            await Waiting.UntilAsync("the receiver is up", () =>
            {
                var line = process.ReadLog().Split('\n').SkipLast(1).FirstOrDefault(line => line.StartsWith('{'));
                ports = line is null ? null : JsonSerializer.Deserialize<Dictionary<string, int>>(line);
                return ports is not null
                    || (process.HasExited ? throw new InvalidOperationException($"The receiver did not start:\n{process.Tail()}") : false);
            });
            return new(process, ports!["http"], ports["grpc"]);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many records it has got.</summary>
    public async Task<long> CountAsync() => long.Parse(await _http.GetStringAsync(new Uri(_address, "/count")), CultureInfo.InvariantCulture);

    /// <summary>Counts from zero again.</summary>
    public async Task ResetAsync()
    {
        using var response = await _http.PostAsync(new Uri(_address, "/reset"), null);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _http.Dispose();
    }
}
