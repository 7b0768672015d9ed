namespace Exports.SystemTests.Streams;

/// <summary>A customer's stream: an emulator that others wrote, behind a front that injects faults.</summary>
internal interface ICustomerStream : IAsyncDisposable
{
    /// <summary>The connector's configuration, as its owner would post it to Kafka Connect; without name and topics.</summary>
    IReadOnlyDictionary<string, string> Connector { get; }

    /// <summary>What the worker's environment must have.</summary>
    IReadOnlyDictionary<string, string?> Environment { get; }

    /// <summary>From now on, every kind of fault that passes.</summary>
    Task InjectFaultsAsync();

    /// <summary>From now on, no request gets an answer.</summary>
    Task StallAsync();

    /// <summary>From now on, no faults.</summary>
    Task HealAsync();

    /// <summary>How many records the emulator has accepted, those that came twice included.</summary>
    Task<long> AcceptedAsync();

    /// <summary>What the front has counted, for the test's output.</summary>
    Task<string> DescribeAsync();

    /// <summary>All records in the order of each key, read with the vendor's own client.</summary>
    Task<IReadOnlyList<(string Key, byte[] Data)>> ReadAsync(int expected);
}
