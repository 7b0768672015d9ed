using Exports.Harness;

namespace Exports.SystemTests.Cluster;

/// <summary>A clock for a worker of its own, which may be set while it runs. Time goes on evenly all the while; only the time of day jumps.</summary>
internal sealed class OtherClock : IDisposable
{
    private static readonly string? s_library = Directory.GetDirectories("/usr/lib")
        .Select(directory => Path.Combine(directory, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists);

    private readonly string _directory = Directory.CreateTempSubdirectory("exports-clock-").FullName;
    private readonly string _waits;
    private readonly string _file;

    private OtherClock() => (_waits, _file) = (Path.Combine(_directory, "waits.so"), Path.Combine(_directory, "clock"));

    /// <summary>Whether libfaketime is there, which it takes.</summary>
    public static bool IsPossible => s_library is not null;

    /// <summary>What gives a process this clock.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["LD_PRELOAD"] = $"{_waits}:{s_library}",
        ["FAKETIME_TIMESTAMP_FILE"] = _file,
        ["FAKETIME_NO_CACHE"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        // Its remedy for some systems has every wait with a time limit end at once on the others.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
    };

    /// <summary>Makes one that is so many hours ahead of the others', or behind where negative.</summary>
    public static async Task<OtherClock> MakeAsync(int hours)
    {
        var clock = new OtherClock();
        clock.Write(hours);
        await using var compiler = ChildProcess.StartProgram(
            "cc", ["-shared", "-fPIC", "-o", clock._waits, Path.Combine(AppContext.BaseDirectory, "Cluster", "cnd_timedwait.c")], Path.Combine(clock._directory, "cc.log"));
        Assert.True(await compiler.WaitAsync(TimeSpan.FromMinutes(1)) == 0, compiler.Tail());
        return clock;
    }

    /// <summary>Sets it; completes when a worker tells this time.</summary>
    /// <param name="hours">Ahead of the others' clock, or behind where negative.</param>
    /// <param name="worker">The worker that has it.</param>
    public async Task SetAsync(int hours, WorkerProcess worker)
    {
        Write(hours);
        using var http = new HttpClient();
        await Waiting.UntilAsync($"its clock is {hours} h ahead", async () =>
        {
            using var response = await http.GetAsync(worker.Rest.Address);
            return response.Headers.Date is { } date && Math.Abs((date - DateTimeOffset.UtcNow).TotalHours - hours) < 0.1;
        });
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Write(int hours)
    {
        // Renamed into its place: read at every look at the clock, it must never be half written.
        File.WriteAllText(_file + ".new", $"{(hours < 0 ? "" : "+")}{hours}h\n");
        File.Move(_file + ".new", _file, overwrite: true);
    }
}
