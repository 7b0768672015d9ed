using Exports.Bench.Measurements;
using Exports.Bench.PassThrough;

namespace Exports.Bench.Sinks;

/// <summary>The rounds of one destination: its raw loop, the sink as it is compared with that, other sinks, and the loop again.</summary>
/// <param name="destination">What they send to, for people.</param>
/// <param name="raw">The raw loop.</param>
/// <param name="sink">The sink that does the same.</param>
/// <param name="others">Sinks that do more, such as keep the order of keys; shown without a target.</param>
internal sealed class SinkRounds(
    string destination, Func<Task<Sample>> raw, (string Name, Func<Task<Sample>> Run) sink, params (string Name, Func<Task<Sample>> Run)[] others)
{
    private const string Raw = "bare client loop";
    private const string RawAgain = "the same again (A/A)";
    private readonly Rounds _rounds = new([(Raw, raw), sink, .. others, (RawAgain, raw)]);
    private readonly Ratios _ratios = new();

    public async Task RunAsync(int rounds)
    {
        Progress.Say($"warming up: {destination}");
        await raw();
        await _rounds.RunAsync(rounds);
        Console.WriteLine($"  → {destination}");
        _rounds.Print();
        _rounds.PrintCores();
        _ratios.Add($"rate: {sink.Name} / loop", _rounds.RateRatio(sink.Name, Raw), "at least 0.9");
        foreach (var (name, _) in others)
            _ratios.Add($"rate: {name} / loop", _rounds.RateRatio(name, Raw));
        _ratios.Add($"CPU per record: {sink.Name} / loop", _rounds.CpuRatio(sink.Name, Raw));
        _ratios.Add("rate: loop / itself (A/A)", _rounds.RateRatio(RawAgain, Raw), "1, give or take the noise");
        _ratios.Print();
    }

    public object ToReport() => new { Contenders = _rounds.ToReport(), Ratios = _ratios.ToReport() };
}
