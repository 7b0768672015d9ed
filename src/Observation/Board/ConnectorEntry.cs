using System.Collections.Concurrent;

namespace Exports.Observation;

/// <summary>What the worker knows of a connector: its condition, its tasks, and what has happened to it. Thread-safe.</summary>
public sealed class ConnectorEntry
{
    private const int LongestHistory = 100;

    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<int, TaskEntry> _tasks = new();
    private readonly Lock _lock = new();
    private readonly LinkedList<HistoryEntry> _history = new();
    private volatile ConnectorCondition? _condition;

    internal ConnectorEntry(WorkerBoard board, string name, TimeProvider time)
    {
        Board = board;
        Name = name;
        _time = time;
    }

    /// <summary>The connector's name.</summary>
    public string Name { get; }

    /// <summary>Its condition; null while it does not live in this worker.</summary>
    public ConnectorCondition? Condition => _condition;

    /// <summary>Those of its tasks that live in this worker, or have lived in it, by number.</summary>
    public IEnumerable<TaskEntry> Tasks => _tasks.OrderBy(task => task.Key).Select(task => task.Value);

    /// <summary>What has happened since the worker started, newest first; at most a hundred entries.</summary>
    public IReadOnlyList<HistoryEntry> History
    {
        get
        {
            lock (_lock)
                return [.. _history];
        }
    }

    internal WorkerBoard Board { get; }

    /// <summary>A task of it.</summary>
    public TaskEntry Task(int number) => _tasks.GetOrAdd(number, static (number, entry) => new(entry, number, entry._time), this);

    /// <summary>Its condition may have changed; null when it does not live here any more.</summary>
    public void Publish(ConnectorCondition? condition)
    {
        var before = _condition;
        _condition = condition;
        if (condition is null)
        {
            Tidy();
            return;
        }

        foreach (var number in _tasks.Keys)
        {
            // Whatever they did counts as long as they may come back.
            if (number >= condition.Tasks && _tasks.TryGetValue(number, out var task) && task.Latest is null)
                _tasks.TryRemove(number, out _);
        }

        if (before?.Run != condition.Run || (before.Problem?.Cause != condition.Problem?.Cause && condition.Problem is not null))
        {
            Note(new(
                _time.GetUtcNow(), null, null, before is null ? null : Words.Of(before.Run), Words.Of(condition.Run),
                condition.Problem?.Message, condition.Problem));
        }
    }

    /// <summary>Somebody has asked for something.</summary>
    /// <param name="action">For what, such as <c>PAUSE</c>.</param>
    /// <param name="task">Of which task; null for the connector.</param>
    public void Asked(string action, int? task = null) => Note(new(_time.GetUtcNow(), task, action, null, null, null, null));

    /// <summary>Forgets a connector of which nothing lives here any more.</summary>
    internal void Tidy()
    {
        if (_condition is null && _tasks.Values.All(static task => !task.IsWatched))
            Board.Remove(Name);
    }

    internal void Note(HistoryEntry entry)
    {
        lock (_lock)
        {
            _history.AddFirst(entry);
            if (_history.Count > LongestHistory)
                _history.RemoveLast();
        }
    }
}
