using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Exports.Silo.Tests.Processes;

/// <summary>A worker as a process of its own, as operators run it: the built program, signals, exit codes, output.</summary>
internal sealed partial class WorkerProcess : IAsyncDisposable
{
    public const int SigInt = 2;
    public const int SigTerm = 15;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpClient? _client;

    private WorkerProcess(Process process) => _process = process;

    /// <summary>What it has written to standard output so far.</summary>
    public string Output => Read(_output);

    /// <summary>What it has written to standard error so far.</summary>
    public string Errors => Read(_errors);

    public int Id => _process.Id;

    public HttpClient Client => _client ?? throw new InvalidOperationException("The worker has not answered yet.");

    /// <summary>Starts the program.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">Variables beside those of this process, of which none that configures a worker is passed on.</param>
    public static WorkerProcess Launch(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Exports.Silo.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(IsOfWorkers).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        var worker = new WorkerProcess(new Process { StartInfo = start });
        worker._process.OutputDataReceived += (_, line) => worker.Receive(line.Data);
        worker._process.ErrorDataReceived += (_, line) => Append(worker._errors, line.Data);
        worker._process.Start();
        worker._process.BeginOutputReadLine();
        worker._process.BeginErrorReadLine();
        return worker;
    }

    /// <summary>Starts a worker with these keys and waits until it is healthy. It listens at a free port of 127.0.0.1.</summary>
    public static async Task<WorkerProcess> StartAsync(params (string Key, string Value)[] keys)
    {
        var worker = Launch(Overrides([("listeners", "http://127.0.0.1:0"), .. keys]));
        try
        {
            await worker.BecomeHealthyAsync();
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    public static IEnumerable<string> Overrides(IEnumerable<(string Key, string Value)> keys)
        => keys.SelectMany(key => (string[])["--override", $"{key.Key}={key.Value}"]);

    /// <summary>Waits until the worker has printed its address and answers with 200 at /health.</summary>
    public async Task BecomeHealthyAsync()
    {
        var exit = _process.WaitForExitAsync();
        await Task.WhenAny(_address.Task, exit).WaitAsync(s_patience);
        Assert.True(_address.Task.IsCompletedSuccessfully, $"The worker ended with {(exit.IsCompleted ? ExitCode() : "?")}:\n{Output}{Errors}");
        _client = new HttpClient { BaseAddress = await _address.Task, Timeout = s_patience };
        await Eventually.TrueAsync(
            async () => !_process.HasExited && (await GetStatusAsync("/health")) == HttpStatusCode.OK,
            () => $"the worker becomes healthy:\n{Output}{Errors}");
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => Assert.Equal(0, kill(_process.Id, signal));

    /// <summary>SIGKILL, and waits for the end.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitForExitAsync();
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        return _process.ExitCode;
    }

    /// <summary>Stops the worker as an operator does.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        Signal(SigTerm);
        return await WaitForExitAsync();
    }

    public async Task<HttpStatusCode?> GetStatusAsync(string path)
    {
        try
        {
            using var response = await Client.GetAsync(path);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Sends a request that must succeed.</summary>
    /// <returns>The body; null when it is empty.</returns>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}\n{Output}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public Task<JsonNode?> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task CreateAsync(string connector, params (string Key, string Value)[] config)
        => SendAsync(HttpMethod.Post, "/connectors", new JsonObject
        {
            ["name"] = connector,
            ["config"] = new JsonObject(config.Select(key => KeyValuePair.Create(key.Key, (JsonNode?)key.Value))),
        });

    /// <summary>Waits until the connector and as many tasks are in a state.</summary>
    public Task StateAsync(string connector, string state, int tasks)
    {
        JsonNode? status = null;
        return Eventually.TrueAsync(
            async () =>
            {
                status = await GetAsync($"/connectors/{connector}/status");
                var states = status!["tasks"]!.AsArray().Select(task => (string)task!["state"]!).ToList();
                return (string)status["connector"]!["state"]! == state && states.Count == tasks && states.All(task => task == state);
            },
            () => $"{connector} with {tasks} tasks is {state}; it is {status?.ToJsonString()}\n{Output}");
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private string ExitCode() => _process.ExitCode.ToString();

    private void Receive(string? line)
    {
        Append(_output, line);
        if (line is not null && Address().Match(line) is { Success: true } match)
            _address.TrySetResult(new Uri(match.Groups[1].Value));
    }

    private static bool IsOfWorkers(string variable)
        => variable.StartsWith("CONNECT_", StringComparison.Ordinal) || Exports.Silo.Configuration.EnvironmentKeys.WithoutPrefix.ContainsKey(variable);

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.AppendLine(line);
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    [GeneratedRegex(@"REST API (http://[^ ;,]+)")]
    private static partial Regex Address();

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
}
