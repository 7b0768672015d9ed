using System.Globalization;
using Exports.Demo.Checks;
using Exports.Demo.Latency;

namespace Exports.Demo.Run;

/// <summary>What has arrived, counted at the destinations.</summary>
internal sealed class Summary
{
    private readonly List<(string Name, long Generated, long Missing, DeliveryCheck Check)> _destinations = [];

    /// <summary>Adds a destination.</summary>
    /// <param name="name">How to call it.</param>
    /// <param name="check">What was found there.</param>
    /// <param name="first">The first event that must be there.</param>
    /// <param name="end">The first event that was not generated.</param>
    public void Add(string name, DeliveryCheck check, long first, long end)
        => _destinations.Add((name, end - first, check.Missing(first, end), check));

    /// <summary>Whether everything is where it ought to be, in order.</summary>
    public bool IsWhole => _destinations.TrueForAll(destination =>
        destination.Missing == 0 && destination.Check.OutOfOrder == 0 && destination.Check.Unreadable == 0);

    /// <summary>Prints it.</summary>
    /// <param name="latency">From event time to the target topic.</param>
    /// <param name="settling">How much of the start that leaves out.</param>
    public void Print(LatencyHistogram latency, TimeSpan settling)
    {
        var width = Math.Max(12, _destinations.Max(destination => destination.Name.Length));
        Console.WriteLine();
        Console.WriteLine("Counted at the destinations:");
        Console.WriteLine($"  {new string(' ', width)}  {"generated",12}  {"found",12}  {"missing",8}  {"twice",8}  {"disordered",10}  {"unreadable",10}");
        foreach (var (name, generated, missing, check) in _destinations)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {name.PadRight(width)}  {generated,12:N0}  {generated - missing,12:N0}  {missing,8:N0}  {check.Duplicates,8:N0}  {check.OutOfOrder,10:N0}  {check.Unreadable,10:N0}"));
        }

        if (latency.Count > 0)
        {
            Console.WriteLine(
                $"From event time to a consumer of the target topic, after the first {settling.TotalSeconds:F0} s: p50 {LiveLine.Milliseconds(latency.Quantile(0.5))} ms, "
                + $"p99 {LiveLine.Milliseconds(latency.Quantile(0.99))} ms, at most {LiveLine.Milliseconds(latency.Max)} ms.");
        }

        Console.WriteLine(IsWhole
            ? "Every event has arrived, in the order of its partition."
            : "NOT everything has arrived as it should have.");
    }
}
