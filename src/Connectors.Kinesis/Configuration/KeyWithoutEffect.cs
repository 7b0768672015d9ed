namespace Exports.Connectors.Kinesis;

/// <summary>
/// A key of the original connector that has nothing to steer here. It is accepted, and named in the log when it is set.
/// </summary>
/// <param name="Name">The key.</param>
/// <param name="Reason">Why, as the rest of "has no effect: …".</param>
internal sealed record KeyWithoutEffect(string Name, string Reason)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<KeyWithoutEffect> All { get; } =
    [
        new("flushSync", "offsets are always committed only behind what Kinesis has accepted"),
        new("pauseConsumption", "the worker stops reading by itself while too many bytes are under way"),
        new("sleepPeriod", "nothing sleeps while a partition is paused"),
        new("sleepCycles", "nothing sleeps while a partition is paused"),
        new("singleKinesisProducerPerPartition", "partitions do not wait for each other anyway"),
        new("metricsLevel", "the worker has metrics of its own; it sends none to CloudWatch"),
        new("metricsGranuality", "the worker has metrics of its own; it sends none to CloudWatch"),
        new("metricsNameSpace", "the worker has metrics of its own; it sends none to CloudWatch"),
    ];
}
