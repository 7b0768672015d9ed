using System.Diagnostics;

namespace Exports.Observation;

/// <summary>What the worker's process takes of the machine. Thread-safe.</summary>
public sealed class ProcessLoad(TimeProvider time)
{
    private static readonly TimeSpan s_span = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Queue<(long At, TimeSpan Cpu)> _samples = new();

    /// <summary>Processor time so far.</summary>
    public static TimeSpan Cpu => Environment.CpuUsage.TotalTime;

    /// <summary>How many cores it has used on average over the last ten seconds.</summary>
    public double CoresUsed
    {
        get
        {
            lock (_lock)
            {
                if (!_samples.TryPeek(out var oldest))
                    return 0;
                var elapsed = time.GetElapsedTime(oldest.At);
                return elapsed > TimeSpan.Zero ? (Cpu - oldest.Cpu) / elapsed : 0;
            }
        }
    }

    /// <summary>The memory that it occupies, in bytes.</summary>
    public static long Memory => Environment.WorkingSet;

    /// <summary>How many threads it has.</summary>
    public static int Threads
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.Threads.Count;
        }
    }

    /// <summary>Notes how much it has used by now.</summary>
    public void Sample()
    {
        lock (_lock)
        {
            _samples.Enqueue((time.GetTimestamp(), Cpu));
            while (_samples.Count > 1 && time.GetElapsedTime(_samples.Peek().At) > s_span)
                _samples.Dequeue();
        }
    }
}
