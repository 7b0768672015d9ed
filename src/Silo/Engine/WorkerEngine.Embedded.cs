namespace Exports.Silo.Engine;

internal static partial class WorkerEngine
{
    public const string Name = "Embedded";

    public static bool CanCluster => false;

    private static partial Task ReachStateAsync(WebApplication app) => Task.CompletedTask;

    private static string? NoDashboard
        => "The dashboard is Microsoft Orleans' own and needs the engine Orleans (./exports run --engine Orleans); this worker runs the engine Embedded.";
}
