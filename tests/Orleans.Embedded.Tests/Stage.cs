using System.Collections.Concurrent;

namespace Exports.Engine.Tests;

/// <summary>What the tests' grains tell the test, and where they wait for it. A service that both share.</summary>
internal sealed class Stage
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
    private readonly ConcurrentQueue<string> _notes = new();

    public IReadOnlyCollection<string> Notes => _notes;

    public void Note(string note) => _notes.Enqueue(note);

    public int Count(string note) => _notes.Count(candidate => candidate == note);

    /// <summary>Waits until something was noted, as often as said.</summary>
    public Task SeenAsync(string note, int times = 1) =>
        Eventually.TrueAsync(() => Count(note) >= times, () => $"'{note}' {times} times; noted: {string.Join(", ", _notes)}");

    /// <summary>In a grain: notes that it waits at a gate, and waits until the test opens it.</summary>
    public Task WaitAsync(string gate)
    {
        Note($"{gate} waits");
        return Gate(gate).Task;
    }

    public void Open(string gate) => Gate(gate).TrySetResult();

    private TaskCompletionSource Gate(string name) =>
        _gates.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
