using System.Collections.Concurrent;
using Exports.Pipeline;

namespace Exports.Observation;

/// <summary>
/// What a worker knows of its connectors and tasks at any time, without asking one of them: grains publish what changes, and a sampler
/// reads what pipelines have counted. Status, metrics and the page read from here. Thread-safe.
/// </summary>
public sealed class WorkerBoard(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ConnectorEntry> _connectors = new(StringComparer.Ordinal);

    /// <summary>How long a task may hold records without an acknowledgement before it is unhealthy (<c>task.unhealthy.after.ms</c>).</summary>
    public TimeSpan UnhealthyAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The ends of partitions that nobody reads at present.</summary>
    public EndOffsets Ends { get; init; } = EndOffsets.Unknown;

    /// <summary>When the worker started.</summary>
    public DateTimeOffset Started { get; } = time.GetUtcNow();

    /// <summary>How often connectors were started.</summary>
    public StartCounts ConnectorStarts { get; } = new();

    /// <summary>How often tasks were started, restarts included.</summary>
    public StartCounts TaskStarts { get; } = new();

    /// <summary>All connectors that live in this worker, or have tasks in it.</summary>
    public IEnumerable<ConnectorEntry> Connectors => _connectors.Select(entry => entry.Value);

    /// <summary>A connector's entry; made when there is none.</summary>
    public ConnectorEntry Connector(string name) => _connectors.GetOrAdd(name, static (name, board) => new(board, name, board.Time), this);

    /// <summary>A connector's entry, or null.</summary>
    public ConnectorEntry? Find(string name) => _connectors.GetValueOrDefault(name);

    /// <summary>A connector has been deleted.</summary>
    public void Remove(string name) => _connectors.TryRemove(name, out _);

    internal TimeProvider Time => time;
}
