using System.Net;
using System.Net.Sockets;

namespace Exports.Harness;

/// <summary>
/// The worker as a process of its own, on a free port of 127.0.0.1 unless told otherwise. May be killed or stopped, and started again
/// on the same data directory.
/// </summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private readonly string _propertiesFile;
    private readonly string _logFile;
    private readonly IReadOnlyDictionary<string, string?> _environment;
    private readonly IReadOnlyList<string> _through;
    private ChildProcess? _process;

    private WorkerProcess(
        string propertiesFile, string logFile, string address, IReadOnlyDictionary<string, string?> environment, IReadOnlyList<string> through)
    {
        _environment = environment;
        _through = through;
        _propertiesFile = propertiesFile;
        _logFile = logFile;
        Rest = new(address);
    }

    /// <summary>Its REST API.</summary>
    public ConnectClient Rest { get; }

    /// <summary>The process that runs now.</summary>
    /// <exception cref="InvalidOperationException">None runs.</exception>
    public ChildProcess Process => _process ?? throw new InvalidOperationException("The worker is not running.");

    /// <summary>The folder with the worker's program, which the next start takes; null for this build's.</summary>
    public string? Build { get; set; }

    /// <summary>The directory with built plugins that measure and check.</summary>
    public static string NoopSinkPath => ChildProcess.OutputOf("NoopSink");

    /// <summary>Starts a worker, and waits until its REST API answers.</summary>
    /// <param name="directory">Where its state, properties and log go.</param>
    /// <param name="settings">Worker keys, beyond <c>data.dir</c>; without <c>listeners</c> it gets a free port of 127.0.0.1.</param>
    /// <param name="environment">Variables to set, or with null to unset.</param>
    /// <param name="build">The folder with the worker's program; null for this build's.</param>
    /// <param name="through">A program with arguments that becomes the worker, such as <c>nsenter</c>; empty for none.</param>
    public static async Task<WorkerProcess> StartAsync(
        string directory, IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string?>? environment = null, string? build = null,
        params IReadOnlyList<string> through)
    {
        Directory.CreateDirectory(directory);
        var address = settings.GetValueOrDefault("listeners") ?? $"http://127.0.0.1:{FreePort()}";
        var properties = Path.Combine(directory, "worker.properties");
        var lines = new Dictionary<string, string>(settings)
        {
            ["listeners"] = address,
            ["data.dir"] = Path.Combine(directory, "data"),
        };
        await File.WriteAllLinesAsync(properties, lines.Select(setting => $"{setting.Key}={setting.Value}"));
        var worker = new WorkerProcess(properties, Path.Combine(directory, "worker.log"), address, environment ?? new Dictionary<string, string?>(), through) { Build = build };
        await worker.StartAsync();
        return worker;
    }

    /// <summary>Starts it again after it was killed or stopped, and waits until its REST API answers.</summary>
    public async Task StartAsync()
    {
        if (_process is not null)
            throw new InvalidOperationException("The worker is running.");
        // Without the caller's own CONNECT_ variables, which would win over the file.
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => name.StartsWith("CONNECT_", StringComparison.Ordinal))
            .ToDictionary(name => name, _ => (string?)null);
        foreach (var (name, value) in _environment)
            environment[name] = value;
        _process = ChildProcess.Start("Silo", [_propertiesFile], _logFile, environment, Build, _through);
        await Waiting.UntilAsync("the worker's REST API answers", async () =>
            await Rest.AnswersAsync()
            || (_process.HasExited ? throw new InvalidOperationException($"The worker ended:\n{_process.Tail()}") : false));
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await Process.DisposeAsync();
        _process = null;
    }

    /// <summary>SIGTERM, and waits until it has ended by itself.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It has not ended in time.</exception>
    public async Task<int> StopAsync(TimeSpan limit)
    {
        Process.Terminate();
        var code = await Process.WaitAsync(limit);
        await Process.DisposeAsync();
        _process = null;
        return code;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Rest.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
