namespace Exports.Grains;

/// <summary>Where the grains keep their state.</summary>
public static class GrainStorage
{
    /// <summary>The name under which the host registers the grain storage.</summary>
    public const string Name = "exports";
}
