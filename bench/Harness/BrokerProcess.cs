namespace Exports.Harness;

/// <summary>The embedded Kafka as a process of its own.</summary>
public sealed class BrokerProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private BrokerProcess(ChildProcess process, string bootstrapServers)
    {
        _process = process;
        BootstrapServers = bootstrapServers;
    }

    /// <summary>The address.</summary>
    public string BootstrapServers { get; }

    /// <summary>The process.</summary>
    public ChildProcess Process => _process;

    /// <summary>Starts it, and waits until it is up.</summary>
    /// <param name="directory">Where its log goes.</param>
    /// <param name="topics">The topics to create.</param>
    /// <param name="limit">How long it may live at most, so that a killed parent leaves nothing behind for long.</param>
    public static async Task<BrokerProcess> StartAsync(
        string directory, IEnumerable<(string Topic, int Partitions)> topics, TimeSpan limit)
    {
        var portFile = Path.Combine(directory, $"broker-{Guid.NewGuid():N}");
        List<string> arguments = ["broker", "--port-file", portFile, "--for", $"{(int)limit.TotalSeconds}s"];
        foreach (var (topic, partitions) in topics)
            arguments.AddRange(["--topic", $"{topic}:{partitions}"]);
        var process = ChildProcess.Start("Demo", arguments, portFile + ".log");
        try
        {
            await Waiting.UntilAsync("the embedded Kafka is up", () =>
                File.Exists(portFile) || (process.HasExited ? throw new InvalidOperationException(process.Tail()) : false));
            return new(process, File.ReadAllText(portFile).Trim());
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
