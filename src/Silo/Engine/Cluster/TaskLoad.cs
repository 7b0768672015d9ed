namespace Exports.Silo.Engine.Cluster;

/// <summary>A task and what it does, as the balance of a cluster counts it.</summary>
/// <param name="Connector">Its connector.</param>
/// <param name="Number">Its number.</param>
/// <param name="Records">Records a second that its destination accepts.</param>
/// <param name="Bytes">Bytes a second, likewise.</param>
internal sealed record TaskLoad(string Connector, int Number, double Records, double Bytes)
{
    /// <summary>Whether it has run for so long that its rates tell what it does, and not that it has just begun or is catching up.</summary>
    public bool IsSettled { get; init; } = true;
}
