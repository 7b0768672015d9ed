using Exports.Bench.Measurements;

namespace Exports.Bench.PassThrough;

/// <summary>
/// Lets readers take turns: in the order given, in the next round backwards, so that what drifts on the machine weighs on
/// all alike. Each round gives one ratio of any two readers.
/// </summary>
internal sealed class Rounds(params (string Name, Func<Task<Sample>> Run)[] readers)
{
    private readonly Dictionary<string, List<Sample>> _samples = readers.ToDictionary(reader => reader.Name, _ => new List<Sample>());

    public async Task RunAsync(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, run) in round % 2 == 0 ? readers : readers.Reverse())
            {
                var sample = await run();
                _samples[name].Add(sample);
                Progress.Say($"round {round + 1} of {rounds}: {name}: {Table.Whole(sample.Rate)} records/s");
            }
        }
    }

    /// <summary>Prints each reader's figures.</summary>
    public void Print()
    {
        var table = new Table("", "records/s", "min–max", "quartiles", "CPU s/million", "min–max", "managed B/record", "peak RSS MB");
        foreach (var (name, samples) in _samples)
        {
            var (rate, cpu) = (RateOf(name), CpuOf(name));
            table.Add(
                name,
                Table.Whole(rate.Median),
                $"{Table.Whole(rate.Min)}–{Table.Whole(rate.Max)}",
                $"{Table.Whole(rate.LowerQuartile)}–{Table.Whole(rate.UpperQuartile)}",
                Table.Fraction(cpu.Median),
                $"{Table.Fraction(cpu.Min)}–{Table.Fraction(cpu.Max)}",
                samples.TrueForAll(sample => sample.AllocatedBytes is not null)
                    ? Table.Fraction(Spread.Of(samples.Select(sample => sample.AllocatedPerRecord!.Value)).Median) : "",
                Table.Megabytes(samples.Max(sample => sample.PeakResidentBytes)));
        }

        table.Print();
    }

    /// <summary>Prints how many processors each reader and the processes that it sends to have kept busy: whose full one is the limit.</summary>
    public void PrintCores()
    {
        var peers = _samples.Values.First()[0].PeerCpuSeconds!.Keys.ToList();
        var table = new Table(["processors busy", "itself", .. peers]);
        foreach (var (name, samples) in _samples)
        {
            table.Add([
                name,
                Table.Fraction(Spread.Of(samples.Select(sample => sample.Cores)).Median),
                .. peers.Select(peer => Table.Fraction(Spread.Of(samples.Select(sample => sample.PeerCpuSeconds![peer] / sample.Seconds)).Median))]);
        }

        table.Print();
    }

    /// <summary>One reader's records a second as a multiple of another's, round by round.</summary>
    public Spread RateRatio(string name, string to) => Ratio(name, to, sample => sample.Rate);

    /// <summary>One reader's CPU time for a record as a multiple of another's, round by round.</summary>
    public Spread CpuRatio(string name, string to) => Ratio(name, to, sample => sample.CpuPerMillion);

    /// <summary>All figures, for the report.</summary>
    public object ToReport() => _samples.ToDictionary(reader => reader.Key, reader => new
    {
        RecordsPerSecond = RateOf(reader.Key),
        CpuSecondsPerMillion = CpuOf(reader.Key),
        Samples = reader.Value,
    });

    private Spread RateOf(string name) => Spread.Of(_samples[name].Select(sample => sample.Rate));

    private Spread CpuOf(string name) => Spread.Of(_samples[name].Select(sample => sample.CpuPerMillion));

    private Spread Ratio(string name, string to, Func<Sample, double> figure)
        => Spread.Of(_samples[name].Zip(_samples[to], (one, other) => figure(one) / figure(other)));
}
