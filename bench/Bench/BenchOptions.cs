namespace Exports.Bench;

/// <summary>What to measure with.</summary>
/// <param name="GivenRecords">Records for throughput; null where the command line does not say.</param>
/// <param name="Size">Bytes of a record's value.</param>
/// <param name="Rounds">How often each reader takes its turn.</param>
/// <param name="Tasks"><c>tasks.max</c> of the connectors.</param>
/// <param name="GivenConnectors">How many idle connectors; null where the command line does not say.</param>
/// <param name="IdleTime">How long the idle ones are watched.</param>
/// <param name="Rates">Records a second for latency.</param>
/// <param name="LatencyTime">How long each rate is held.</param>
/// <param name="Directory">Where processes write; deleted afterwards.</param>
internal sealed record BenchOptions(
    long? GivenRecords, int Size, int Rounds, int Tasks, int? GivenConnectors, TimeSpan IdleTime, int[] Rates, TimeSpan LatencyTime, string Directory)
{
    /// <summary>Records for the measurements that only Kafka limits.</summary>
    public long Records => GivenRecords ?? 3_000_000;

    /// <summary>How many idle connectors, where no measurement has a number of its own.</summary>
    public int Connectors => GivenConnectors ?? 1000;
}
