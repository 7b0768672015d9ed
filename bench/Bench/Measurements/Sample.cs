using System.Text.Json;

namespace Exports.Bench.Measurements;

/// <summary>One run of one reader: from its first record to its last.</summary>
/// <param name="Records">Records counted at the end of the way.</param>
/// <param name="Seconds">Time from the first to the last.</param>
/// <param name="CpuSeconds">CPU time of the whole process in that time.</param>
/// <param name="AllocatedBytes">Managed memory allocated in that time; null where it was not counted.</param>
/// <param name="PeakResidentBytes">The most resident memory of the process so far.</param>
/// <param name="PeerCpuSeconds">CPU time in that time of the processes that it sends to, by name; null where there are none.</param>
internal sealed record Sample(
    long Records, double Seconds, double CpuSeconds, long? AllocatedBytes, long PeakResidentBytes,
    IReadOnlyDictionary<string, double>? PeerCpuSeconds = null)
{
    /// <summary>Records a second.</summary>
    public double Rate => Records / Seconds;

    /// <summary>CPU seconds for a million records.</summary>
    public double CpuPerMillion => CpuSeconds / Records * 1e6;

    /// <summary>How many processors the process has kept busy.</summary>
    public double Cores => CpuSeconds / Seconds;

    /// <summary>Managed bytes allocated for a record.</summary>
    public double? AllocatedPerRecord => (double?)AllocatedBytes / Records;

    /// <summary>Writes it as one line, for the parent process.</summary>
    public void Write() => Console.WriteLine(JsonSerializer.Serialize(this));

    /// <summary>Reads the last line that <see cref="Write"/> wrote.</summary>
    public static Sample Read(string output)
        => JsonSerializer.Deserialize<Sample>(output.Split('\n').Last(line => line.StartsWith('{')))!;
}
