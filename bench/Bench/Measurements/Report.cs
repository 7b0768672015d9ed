using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Exports.Bench.Measurements;

/// <summary>Everything that was measured, and on what; written as JSON.</summary>
internal sealed class Report(string command)
{
    private static readonly JsonSerializerOptions s_format = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly Dictionary<string, object> _results = [];
    private readonly DateTimeOffset _started = TimeProvider.System.GetUtcNow();

    /// <summary>The engine that runs the connectors: <c>Embedded</c> or <c>Orleans</c>.</summary>
    public static string Engine { get; } = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent!.Parent!.Parent!.Name;

    /// <summary>The file that is written to when none is named.</summary>
    public static string DefaultFile(string what, TimeProvider time)
    {
        // …/artifacts/<engine>/bin/Bench/<configuration>/
        var artifacts = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent!.Parent!.Parent!.Parent!;
        return Path.Combine(artifacts.FullName, "bench", $"{time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{what}.json");
    }

    /// <summary>Adds a result.</summary>
    public void Add(string name, object result) => _results[name] = result;

    /// <summary>Writes what was measured so far.</summary>
    public void Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var machine = new
        {
            Cpu = Processor(),
            Environment.ProcessorCount,
            MemoryBytes = memory,
            System = RuntimeInformation.OSDescription,
            Runtime = RuntimeInformation.FrameworkDescription,
        };
        var version = typeof(Report).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        File.WriteAllText(file, JsonSerializer.Serialize(
            new { Command = command, Started = _started, Version = version, Engine, Machine = machine, Results = _results }, s_format) + "\n");
    }

    private static string? Processor()
        => File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
