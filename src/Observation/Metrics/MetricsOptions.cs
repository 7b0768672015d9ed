namespace Exports.Observation;

/// <summary>How metrics are served.</summary>
/// <param name="Detail">How far they go into detail; null for no metrics at all.</param>
/// <param name="Names">Under which names Kafka Connect's metrics are served.</param>
public sealed record MetricsOptions(MetricsDetail? Detail = MetricsDetail.Partition, MetricsNames Names = MetricsNames.Strimzi);
