namespace Orleans.Configuration;

/// <summary>What holds for all calls.</summary>
public class SiloMessagingOptions
{
    /// <summary>How long a caller waits for an answer; the grain goes on all the same. Default: 30 seconds.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The same while a debugger is attached. Default: 30 minutes.</summary>
    public TimeSpan ResponseTimeoutWithDebugger { get; set; } = TimeSpan.FromMinutes(30);
}
