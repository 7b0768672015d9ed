namespace Exports.Observation;

/// <summary>What the worker's engine and data plane tell of themselves.</summary>
public interface IWorkerLoad
{
    /// <summary>The engine that runs the grains: <c>Embedded</c> or <c>Orleans</c>.</summary>
    string Engine { get; }

    /// <summary>This worker, as <c>host:port</c>.</summary>
    string WorkerId { get; }

    /// <summary>The brokers that it begins with.</summary>
    string BootstrapServers { get; }

    /// <summary>How many grains are active in it.</summary>
    long Activations { get; }

    /// <summary>How many lanes it reads with.</summary>
    int Lanes { get; }

    /// <summary>How many bytes its pipelines hold.</summary>
    long BytesBuffered { get; }
}
