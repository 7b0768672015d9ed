namespace Orleans.Runtime;

/// <summary>Marks a constructor parameter, <see cref="IPersistentState{TState}"/>, that gets stored state.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
{
    /// <summary>The state's name, unique in the grain.</summary>
    public string StateName { get; } = stateName;

    /// <summary>The name of the storage; null for the default one.</summary>
    public string? StorageName { get; } = storageName;
}
