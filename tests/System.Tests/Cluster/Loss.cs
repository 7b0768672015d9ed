namespace Exports.SystemTests.Cluster;

/// <summary>What a lost worker cost.</summary>
/// <param name="Outages">Seconds without delivery of each partition that it read.</param>
/// <param name="Gap">The longest time without a record of any other partition, in seconds.</param>
internal sealed record Loss(IReadOnlyList<double> Outages, double Gap);
