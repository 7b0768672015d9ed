using System.Diagnostics.Metrics;

namespace Exports.Observation;

/// <summary>
/// The worker's metrics: families of time series, which <c>/metrics</c> writes in Prometheus' text format, and each of which is an
/// instrument of the meter <see cref="MeterName"/> as well, for OTLP and <c>dotnet-counters</c>.
/// </summary>
public sealed class WorkerMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Exports";

    // Instruments are read one after the other; they shall tell of the same moment, and not read the board anew each.
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMilliseconds(500);

    private readonly WorkerBoard _board;
    private readonly IWorkerLoad _load;
    private readonly ProcessLoad _process;
    private readonly string _version;
    private readonly TimeProvider _time;
    private readonly Meter _meter;
    private readonly Lock _lock = new();
    private MetricsSnapshot? _snapshot;
    private long _readAt;

    /// <summary>Makes the instruments.</summary>
    public WorkerMetrics(
        WorkerBoard board, IWorkerLoad load, ProcessLoad process, MetricsOptions options, string version, TimeProvider time)
    {
        (_board, _load, _process, _version, _time) = (board, load, process, version, time);
        Families = options.Detail is not { } detail
            ? []
            : [.. ExportsMetrics.All().Concat(ConnectMetrics.All(options.Names)).Where(family => family.Detail <= detail)];
        _meter = new(MeterName, version);
        foreach (var family in Families)
            Instrument(family);
    }

    /// <summary>The metrics, in the order in which they are written.</summary>
    public IReadOnlyList<MetricFamily> Families { get; }

    /// <summary>What there is to read from at this moment.</summary>
    public MetricsSnapshot Read()
    {
        lock (_lock)
        {
            if (_snapshot is { } recent && _time.GetElapsedTime(_readAt) < s_lifetime)
                return recent;
            _readAt = _time.GetTimestamp();
            return _snapshot = new(
                _board,
                [
                    .. _board.Connectors.OrderBy(entry => entry.Name, StringComparer.Ordinal)
                        .Select(entry => (entry, ConnectorReading.Of(entry)))
                        .Where(connector => connector.Item2.Condition is not null || connector.Item2.Tasks.Count > 0),
                ],
                _load,
                _process,
                _version);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Instrument(MetricFamily family)
    {
        switch (family.Kind)
        {
            case MetricKind.Gauge:
                _meter.CreateObservableGauge(family.Name, () => family.Read(Read()), null, family.Help);
                break;
            case MetricKind.Counter:
                _meter.CreateObservableCounter(family.Name, () => family.Read(Read()), null, family.Help);
                break;
            default:
                // There are no observable histograms: as in Prometheus, each bucket is a counter.
                _meter.CreateObservableCounter(family.Name + "_bucket", () => family.Read(Read()), null, family.Help);
                _meter.CreateObservableCounter(family.Name + "_sum", () => family.ReadTotals!(Read()).Select(totals => totals.Sum), null, family.Help);
                _meter.CreateObservableCounter(family.Name + "_count", () => family.ReadTotals!(Read()).Select(totals => totals.Count), null, family.Help);
                break;
        }
    }
}
