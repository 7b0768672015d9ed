namespace Exports.Connectors.Kinesis;

/// <summary>
/// A key that has nothing to steer.
/// </summary>
/// <param name="Name">The key.</param>
/// <param name="Reason">Why, in the words that follow "has no effect:".</param>
internal sealed record KeyWithoutEffect(string Name, string Reason)
{
    /// <summary>Those of the connector that this one replaces, which never do.</summary>
    public static IReadOnlyList<KeyWithoutEffect> OfTheOriginal { get; } =
    [
        new("flushSync", "offsets are always committed only behind what Kinesis has accepted"),
        new("pauseConsumption", "the worker stops reading by itself while too many bytes are under way"),
        new("sleepPeriod", "nothing sleeps while a partition is paused"),
        new("sleepCycles", "nothing sleeps while a partition is paused"),
        new("singleKinesisProducerPerPartition", "partitions do not wait for each other anyway"),
        new("metricsLevel", "nothing is sent to CloudWatch"),
        new("metricsGranuality", "nothing is sent to CloudWatch"),
        new("metricsNameSpace", "nothing is sent to CloudWatch"),
    ];
}
