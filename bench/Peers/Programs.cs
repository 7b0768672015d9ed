using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Exports.Harness;

namespace Exports.Peers;

/// <summary>The programs of the folder <c>programs</c>, run by Node with what <c>install.sh</c> has installed.</summary>
internal static class Programs
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "peers");
    private static readonly Lazy<string> s_modules = new(() => Path.Combine(Made("peers", "package-lock.json"), "node_modules"));

    private static Dictionary<string, string?> NodeEnvironment => new() { ["NODE_PATH"] = s_modules.Value };

    /// <summary>Starts a program that serves, and waits until it says where it listens.</summary>
    /// <param name="program">Its name without extension.</param>
    /// <param name="directory">Where its output goes.</param>
    /// <param name="options">Its options.</param>
    /// <returns>The process, and the ports that it has said, by name.</returns>
    /// <exception cref="InvalidOperationException">It ended instead; the message has its output.</exception>
    public static async Task<(ChildProcess Process, IReadOnlyDictionary<string, int> Ports)> ServeAsync(
        string program, string directory, params (string Name, string Value)[] options)
    {
        var process = ChildProcess.StartProgram("node", Arguments(program, options), LogFile(directory, program), NodeEnvironment);
        return (process, await PortsAsync(process, program));
    }

    /// <summary>Waits until a process says where it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message has its output. It is disposed of.</exception>
    public static async Task<IReadOnlyDictionary<string, int>> PortsAsync(ChildProcess process, string name)
    {
        IReadOnlyDictionary<string, int>? ports = null;
        await UntilUpAsync(process, name, () =>
        {
            var line = process.ReadLog().Split('\n').SkipLast(1).FirstOrDefault(line => line.StartsWith('{'));
            ports = line is null ? null : JsonSerializer.Deserialize<Dictionary<string, int>>(line);
            return ports is not null;
        });
        return ports!;
    }

    /// <summary>Runs a program that reads, and hands over each line of its output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its output.</exception>
    public static async Task ReadAsync(string program, Action<ReadOnlyMemory<byte>> line, params (string Name, string Value)[] options)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Arguments(program, options))
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in NodeEnvironment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        await Lines.ReadAsync(process.StandardOutput.BaseStream, line);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}: {await errors}");
    }

    /// <summary>Waits until a process that has been started is up.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message has its output. It is disposed of.</exception>
    public static async Task UntilUpAsync(ChildProcess process, string name, Func<bool> isUp)
    {
        try
        {
            await Waiting.UntilAsync($"{name} is up", () => isUp()
                || (process.HasExited ? throw new InvalidOperationException($"{name} did not start: {process.Tail()}") : false));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>A log file of its own for a process.</summary>
    public static string LogFile(string directory, string program)
    {
        Directory.CreateDirectory(directory);
        return Path.Combine(directory, $"{program}-{Guid.NewGuid():N}.log");
    }

    /// <summary>A time as the programs take it.</summary>
    public static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Arguments(string program, (string Name, string Value)[] options)
        => [Path.Combine(s_folder, program + ".mjs"), .. options.SelectMany(option => new[] { "--" + option.Name, option.Value })];

    /// <summary>A folder that <c>install.sh</c> has made of a file of this one.</summary>
    /// <exception cref="InvalidOperationException">It has not been run since the file changed.</exception>
    public static string Made(string name, string from)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(s_folder, from))))[..12];
        var folder = Path.Combine(Cache, $"{name}-{key}");
        return Directory.Exists(folder)
            ? folder
            : throw new InvalidOperationException($"{folder} is missing. './exports test' makes it, and so does bench/Peers/install.sh.");
    }

    // As install.sh finds it.
    private static string Cache
    {
        get
        {
            if (Environment.GetEnvironmentVariable("EXPORTS_CACHE") is { Length: > 0 } own)
                return own;
            var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
                ? xdg
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.Combine(caches, "exports");
        }
    }
}
