using Exports.Bench.Raw;

namespace Exports.Bench;

/// <summary>The child process's side: runs one raw loop, prints what it took, and ends.</summary>
internal static class RawCommand
{
    public const string Batch = "batch";
    public const string Consume = "consume";

    public static int Run(string loop, string requestFile)
    {
        var request = RawRequest.Load(requestFile);
        var sample = loop switch
        {
            Batch => RawBatchLoop.Run(request),
            Consume => RawConsumeLoop.Run(request),
            _ => throw new ArgumentException($"There is no loop '{loop}'.", nameof(loop)),
        };
        sample.Write();
        return 0;
    }
}
