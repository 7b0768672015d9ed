namespace Exports.Silo.Configuration;

/// <summary>Where and how metrics and traces are pushed (<c>otlp.*</c>).</summary>
/// <param name="Endpoint">The collector's address, without the path of a signal.</param>
/// <param name="IsGrpc">Whether it is spoken to by gRPC, or else by protobuf over HTTP.</param>
/// <param name="Headers">Headers of each request, as <c>key=value</c> separated by commas; null for none. May hold secrets.</param>
/// <param name="MetricsInterval">How often metrics are pushed; null for never.</param>
/// <param name="MaxSeries">How many time series a metric may have.</param>
/// <param name="TraceRatio">The share of traces that is kept, 0 to 1; null for no traces at all.</param>
public sealed record OtlpConfig(
    Uri Endpoint, bool IsGrpc, string? Headers, TimeSpan? MetricsInterval, int MaxSeries, double? TraceRatio);
