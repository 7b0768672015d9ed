using System.Globalization;

namespace Exports.Harness;

/// <summary>What a process uses, by <c>/proc</c>.</summary>
/// <param name="CpuSeconds">CPU time since its start, to 10 ms.</param>
/// <param name="ResidentBytes">Resident memory now.</param>
/// <param name="PeakResidentBytes">The most resident memory so far.</param>
/// <param name="Threads">Threads now.</param>
public sealed record ProcessUsage(double CpuSeconds, long ResidentBytes, long PeakResidentBytes, int Threads)
{
    private const double TicksPerSecond = 100; // USER_HZ, on every Linux that .NET runs on

    /// <summary>Reads it.</summary>
    /// <exception cref="IOException">There is no such process.</exception>
    public static ProcessUsage Of(int process)
    {
        // Fields are counted behind the name in parentheses, which may hold anything: the state is number 3.
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[14 - 3], CultureInfo.InvariantCulture) + long.Parse(fields[15 - 3], CultureInfo.InvariantCulture);
        var status = File.ReadAllLines($"/proc/{process}/status")
            .Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0], pair => pair[1].Trim());
        return new(ticks / TicksPerSecond, Kilobytes("VmRSS"), Kilobytes("VmHWM"), int.Parse(status["Threads"], CultureInfo.InvariantCulture));

        // A process that is ending has no memory left.
        long Kilobytes(string key)
            => status.TryGetValue(key, out var text) ? long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) * 1024 : 0;
    }
}
