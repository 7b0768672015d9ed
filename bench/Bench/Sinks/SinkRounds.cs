using Exports.Bench.Measurements;
using Exports.Bench.PassThrough;

namespace Exports.Bench.Sinks;

/// <summary>The rounds of one destination: a raw loop, the sink that is compared with it, and more to compare.</summary>
/// <param name="destination">What they send to, for people.</param>
/// <param name="raw">The raw loop; told whether it is to read from Kafka.</param>
/// <param name="sink">The sink that does the same.</param>
/// <param name="others">Sinks that do something else, such as keep an order; shown without a target.</param>
internal sealed class SinkRounds(
    string destination, Func<bool, Task<Sample>> raw, (string Name, Func<Task<Sample>> Run) sink, params (string Name, Func<Task<Sample>> Run)[] others)
{
    private const string Raw = "bare client loop";
    private const string RawAgain = "the same again (A/A)";
    private const string Reading = "the loop, reading from Kafka";
    private readonly Rounds _rounds = new([(Raw, () => raw(false)), sink, (Reading, () => raw(true)), .. others, (RawAgain, () => raw(false))]);
    private readonly Ratios _ratios = new();

    public string Destination => destination;

    public async Task RunAsync(int rounds)
    {
        Progress.Say($"warming up: {destination}");
        await raw(false);
        await _rounds.RunAsync(rounds);
        Console.WriteLine($"  to {destination}:");
        _rounds.Print();
        _rounds.PrintCores();
        _ratios.Add($"rate: {sink.Name} / loop that only sends", _rounds.RateRatio(sink.Name, Raw));
        _ratios.Add($"rate: {sink.Name} / loop that reads", _rounds.RateRatio(sink.Name, Reading), "at least 0.9");
        _ratios.Add($"CPU per record: {sink.Name} / loop that reads", _rounds.CpuRatio(sink.Name, Reading));
        foreach (var (name, _) in others)
            _ratios.Add($"rate: {name} / loop that reads", _rounds.RateRatio(name, Reading));
        _ratios.Add("rate: loop / itself (A/A)", _rounds.RateRatio(RawAgain, Raw), "1, give or take the noise");
        _ratios.Print();
    }

    public object ToReport() => _rounds.ToReport();

    public object RatiosToReport() => _ratios.ToReport();
}
