using Exports.Grains;

namespace Exports.Observation;

/// <summary>A worker and its load.</summary>
public sealed record WorkerReading
{
    /// <summary>The worker, as <c>host:port</c>.</summary>
    public required string WorkerId { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Whether requests should come to it.</summary>
    public required bool IsReady { get; init; }

    /// <summary>How many cores it has used on average over the last ten seconds.</summary>
    public double CoresUsed { get; init; }

    /// <summary>How many it may use.</summary>
    public int Cores { get; init; }

    /// <summary>The memory that it occupies, in bytes.</summary>
    public long Memory { get; init; }

    /// <summary>Of that, what managed objects take.</summary>
    public long ManagedMemory { get; init; }

    /// <summary>Its threads.</summary>
    public int Threads { get; init; }

    /// <summary>Connectors that live in it.</summary>
    public int Connectors { get; init; }

    /// <summary>Tasks that live in it.</summary>
    public int Tasks { get; init; }

    /// <summary>Those that run.</summary>
    public int RunningTasks { get; init; }

    /// <summary>Kafka consumers that read for all of its tasks.</summary>
    public int Lanes { get; init; }

    /// <summary>Grains that are active in it.</summary>
    public long Activations { get; init; }

    /// <summary>Records and bytes a second of its tasks.</summary>
    public Rates Rates { get; init; }

    /// <summary>Bytes that were read and not acknowledged, of all its tasks.</summary>
    public long BytesBuffered { get; init; }

    /// <summary>This worker, at this moment.</summary>
    public static WorkerReading Of(WorkerBoard board, IWorkerLoad load, ProcessLoad process, string version, bool isReady)
    {
        var readings = board.Connectors.Select(ConnectorReading.Of).ToList();
        var tasks = readings.SelectMany(reading => reading.Tasks).ToList();
        return new()
        {
            WorkerId = load.WorkerId,
            Version = version,
            Started = board.Started,
            IsReady = isReady,
            CoresUsed = process.CoresUsed,
            Cores = Environment.ProcessorCount,
            Memory = ProcessLoad.Memory,
            ManagedMemory = GC.GetTotalMemory(forceFullCollection: false),
            Threads = ProcessLoad.Threads,
            Connectors = readings.Count(reading => reading.Condition is not null),
            Tasks = tasks.Count,
            RunningTasks = tasks.Count(task => task.State.State == RunState.Running),
            Lanes = load.Lanes,
            Activations = load.Activations,
            Rates = readings.Aggregate(default(Rates), (sum, reading) => sum + reading.Rates),
            BytesBuffered = load.BytesBuffered,
        };
    }
}
