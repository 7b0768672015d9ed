using System.Diagnostics;
using Exports.Bench.Rest;
using Exports.Harness;

namespace Exports.Bench.Cluster;

/// <summary>How long calls take that look at connectors, asked of all workers in turn.</summary>
/// <param name="Request">What is asked for.</param>
/// <param name="Median">The median, in milliseconds.</param>
/// <param name="P99">99 of 100 take no longer, in milliseconds.</param>
/// <param name="Bytes">The size of an answer.</param>
/// <param name="RawMedian">The median of a server that answers as many bytes and does nothing else, in milliseconds.</param>
internal sealed record CallTimes(string Request, double Median, double P99, int Bytes, double RawMedian)
{
    private static readonly (string Path, int Calls)[] s_calls =
    [
        ("/connectors", 100), ("/connectors?expand=status&expand=info", 30), ("/exports/connectors", 100), ("/exports/cluster", 100),
        ("/connectors/{name}/status", 1000), ("/exports/connectors/{name}", 300),
    ];

    public static async Task<List<CallTimes>> MeasureAsync(BenchOptions options, List<WorkerProcess> workers, List<string> connectors)
    {
        await using var raw = await RawRestProcess.StartAsync(Path.Combine(options.Directory, "cluster-raw"));
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        var random = new Random(1);
        var result = new List<CallTimes>();
        foreach (var (path, calls) in s_calls)
        {
            List<double> times = [], rawTimes = [];
            var bytes = 0;
            for (var call = 0; call < calls; call++)
            {
                var url = new Uri(workers[call % workers.Count].Rest.Address, path.Replace("{name}", connectors[random.Next(connectors.Count)], StringComparison.Ordinal));
                bytes = await TimeAsync(url, times);
                await TimeAsync(new(raw.Address, $"?bytes={bytes}"), rawTimes);
            }

            times.Sort();
            rawTimes.Sort();
            result.Add(new(path, times[calls / 2], times[Math.Min(calls - 1, calls * 99 / 100)], bytes, rawTimes[calls / 2]));
        }

        return result;

        async Task<int> TimeAsync(Uri url, List<double> into)
        {
            var clock = Stopwatch.StartNew();
            var length = (await http.GetByteArrayAsync(url)).Length;
            into.Add(clock.Elapsed.TotalMilliseconds);
            return length;
        }
    }
}
