namespace Exports.Silo.Engine;

internal static partial class WorkerEngine
{
    public const string Name = "Embedded";
}
