using System.Text.Json;

namespace Exports.Demo.Events;

/// <summary>
/// What the demo remembers between its starts: enough to make every event of its topic again, in the same order and so at
/// the same offsets. The embedded Kafka forgets its records with the process; the worker's offsets stay.
/// </summary>
/// <remarks>
/// Sequence numbers are reserved before events with them are produced. After a kill, what was reserved and perhaps never
/// produced is produced by the next start, so nothing depends on where exactly the kill fell.
/// </remarks>
internal sealed class History
{
    private static readonly JsonSerializerOptions s_format = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly string _file;
    private readonly Content _content;

    private History(string file, Content content)
    {
        _file = file;
        _content = content;
    }

    /// <summary>The seed of the events.</summary>
    public ulong Seed => _content.Seed;

    /// <summary>The number of partitions of the topic.</summary>
    public int Partitions => _content.Partitions;

    /// <summary>All sequence numbers below this one belong to events that were produced, or count as such.</summary>
    public long Reserved => _content.Reserved;

    /// <summary>Reads the file, or begins a history where there is none.</summary>
    /// <param name="file">The file's path.</param>
    /// <param name="partitions">The number of partitions of a new history.</param>
    /// <exception cref="InvalidDataException">The file is not a history.</exception>
    public static History Open(string file, int partitions)
    {
        if (!File.Exists(file))
            return new(file, new(1, (ulong)Random.Shared.NextInt64(), partitions, 0, []));
        try
        {
            var content = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(file), s_format);
            if (content is { Version: 1, Partitions: > 0, Reserved: >= 0, Runs: not null })
                return new(file, content);
        }
        catch (JsonException)
        {
        }

        throw new InvalidDataException($"{file} is not what the demo remembers of its events. Delete the data directory to begin anew.");
    }

    /// <summary>Begins a run: from the first unreserved event on, one event follows the other at a rate.</summary>
    /// <param name="start">When the first event happens, in microseconds since 1970.</param>
    /// <param name="rate">Events a second.</param>
    public void Begin(long start, int rate) => _content.Runs.Add(new(Reserved, start, rate));

    /// <summary>Reserves all sequence numbers below a limit, and writes that down before it returns.</summary>
    public void Reserve(long limit)
    {
        _content.Reserved = limit;
        // Written beside and moved over, so that a kill leaves the old or the new one.
        var beside = _file + ".new";
        using (var stream = File.Create(beside))
        {
            JsonSerializer.Serialize(stream, _content, s_format);
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, _file, overwrite: true);
    }

    /// <summary>When an event happened, in microseconds since 1970.</summary>
    public long TimeOf(long sequence)
    {
        var run = _content.Runs.FindLast(run => run.First <= sequence)
            ?? throw new ArgumentOutOfRangeException(nameof(sequence), sequence, "No run has an event of this number.");
        return run.Start + (long)((sequence - run.First) * (1_000_000.0 / run.Rate));
    }

    private sealed record Content(int Version, ulong Seed, int Partitions, long Reserved, List<Run> Runs)
    {
        public long Reserved { get; set; } = Reserved;
    }

    private sealed record Run(long First, long Start, int Rate);
}
