namespace Exports.Silo.Engine.Cluster;

/// <summary>A task and what it does, as the balance of a cluster counts it.</summary>
/// <param name="Connector">Its connector.</param>
/// <param name="Number">Its number.</param>
/// <param name="Records">Records a second that its destination accepts.</param>
/// <param name="Bytes">Bytes a second, likewise.</param>
internal sealed record TaskLoad(string Connector, int Number, double Records, double Bytes);
