using System.Collections.Concurrent;
using System.Diagnostics;

namespace Exports.Harness;

/// <summary>A program, run as a process. Its output goes to a file. Killed at disposal.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<ChildProcess, bool> s_running = new();
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Task _pumps;

    // However this process ends, short of SIGKILL, its children end with it.
    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var child in s_running.Keys)
            Signals.Send(child.Id, Signals.Kill);
    };

    private ChildProcess(Process process, string logFile)
    {
        _process = process;
        LogFile = logFile;
        _log = new(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        s_running[this] = true;
        _pumps = Task.WhenAll(PumpAsync(process.StandardOutput), PumpAsync(process.StandardError));
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>The file with what it has written to standard output and error.</summary>
    public string LogFile { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What it uses.</summary>
    public ProcessUsage Usage => ProcessUsage.Of(Id);

    /// <summary>Where the build has put a program: <c>artifacts/&lt;engine&gt;/bin/&lt;project&gt;/&lt;configuration&gt;</c>, the same as this one's.</summary>
    public static string OutputOf(string project)
    {
        // …/bin/<this project>/<configuration>/
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name);
    }

    /// <summary>Starts a .NET program of this build.</summary>
    /// <param name="project">The project, as in <c>Silo</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="logFile">The file that its output is appended to.</param>
    /// <param name="environment">Variables to set, or with null to unset.</param>
    /// <param name="build">The folder with the program; null for this build's.</param>
    /// <param name="through">A program with arguments that becomes it, such as <c>nsenter</c>; empty for none.</param>
    public static ChildProcess Start(
        string project, IEnumerable<string> arguments, string logFile, IReadOnlyDictionary<string, string?>? environment = null, string? build = null,
        params IReadOnlyList<string> through)
    {
        string[] words =
        [
            .. through,
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            Path.Combine(build ?? OutputOf(project), $"Exports.{project}.dll"),
            .. arguments,
        ];
        return StartProgram(words[0], words[1..], logFile, environment);
    }

    /// <summary>Starts any program.</summary>
    /// <param name="program">Its file, or a name that <c>PATH</c> leads to.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="logFile">The file that its output is appended to.</param>
    /// <param name="environment">Variables to set, or with null to unset.</param>
    public static ChildProcess StartProgram(
        string program, IEnumerable<string> arguments, string logFile, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(logFile))!,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        return new(Process.Start(start)!, logFile);
    }

    /// <summary>SIGKILL: it ends at once. Completes when it has.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>SIGTERM: asks it to end.</summary>
    public void Terminate() => Signals.Send(Id, Signals.Terminate);

    /// <summary>SIGSTOP: it stands still, and its connections with it.</summary>
    public void Freeze() => Signals.Send(Id, Signals.Stop);

    /// <summary>SIGCONT: it goes on.</summary>
    public void Thaw() => Signals.Send(Id, Signals.Continue);

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code; 128 and the signal's number when a signal ended it.</returns>
    /// <exception cref="TimeoutException">It has not ended in time.</exception>
    public async Task<int> WaitAsync(TimeSpan limit)
    {
        await _process.WaitForExitAsync().WaitAsync(limit);
        s_running.TryRemove(this, out _);
        await _pumps;
        return _process.ExitCode;
    }

    /// <summary>The last lines of its output.</summary>
    public string Tail(int lines = 30) => string.Join('\n', ReadLog().Split('\n').TakeLast(lines));

    /// <summary>All of its output.</summary>
    public string ReadLog()
    {
        using var reader = new StreamReader(new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process.HasExited)
            s_running.TryRemove(this, out _);
        else
            await KillAsync();
        await _log.DisposeAsync();
        _process.Dispose();
    }

    private async Task PumpAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (_log)
                _log.WriteLine(line);
        }
    }
}
