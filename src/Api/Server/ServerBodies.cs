namespace Exports.Api.Server;

/// <summary>What <c>GET /</c> tells.</summary>
/// <param name="Version">The worker's version.</param>
/// <param name="Commit">The commit it was built from.</param>
/// <param name="KafkaClusterId">The Kafka cluster that it reads from; null until Kafka has answered for the first time.</param>
internal sealed record ServerInfoBody(string Version, string Commit, string? KafkaClusterId);

/// <summary>What <c>GET /health</c> tells.</summary>
/// <param name="Status"><c>starting</c>, <c>healthy</c> or <c>unhealthy</c>.</param>
/// <param name="Message">The same in a sentence.</param>
internal sealed record WorkerStatusBody(string Status, string Message);
