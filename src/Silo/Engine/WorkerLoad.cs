using System.Diagnostics.Metrics;
using Exports.Observation;
using Exports.Pipeline;

namespace Exports.Silo.Engine;

/// <inheritdoc cref="IWorkerLoad"/>
internal sealed class WorkerLoad : IWorkerLoad, IDisposable
{
    // Both engines have this instrument; what it is called is Orleans' choice.
    private const string EngineMeter = "Microsoft.Orleans";
    private const string ActivationsInstrument = "orleans-catalog-activations";

    private readonly TaskPipelineFactory _pipelines;
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private long _activations;

    public WorkerLoad(TaskPipelineFactory pipelines, string workerId, string bootstrapServers)
    {
        (_pipelines, WorkerId, BootstrapServers) = (pipelines, workerId, bootstrapServers);
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == EngineMeter && instrument.Name == ActivationsInstrument)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, value, _, _) => _activations += value);
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => _activations += value);
        _listener.Start();
    }

    /// <inheritdoc/>
    public string Engine => WorkerEngine.Name;

    /// <inheritdoc/>
    public string WorkerId { get; }

    /// <inheritdoc/>
    public string BootstrapServers { get; }

    /// <inheritdoc/>
    public long Activations
    {
        get
        {
            lock (_lock)
            {
                _activations = 0;
                _listener.RecordObservableInstruments();
                return _activations;
            }
        }
    }

    /// <inheritdoc/>
    public int Lanes => _pipelines.Lanes;

    /// <inheritdoc/>
    public long BytesBuffered => _pipelines.BytesBuffered;

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
