using System.Diagnostics;
using Exports.Harness;

namespace Exports.SystemTests.Cluster;

/// <summary>How many cores workers use, from when this was made.</summary>
internal sealed class CoresUsed(IReadOnlyCollection<WorkerProcess> workers)
{
    private readonly double _before = workers.Sum(worker => worker.Process.Usage.CpuSeconds);
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>The cores, on average.</summary>
    public double Since(IEnumerable<WorkerProcess> now) => (now.Sum(worker => worker.Process.Usage.CpuSeconds) - _before) / _clock.Elapsed.TotalSeconds;
}
