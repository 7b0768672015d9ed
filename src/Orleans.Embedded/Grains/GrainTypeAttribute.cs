namespace Orleans;

/// <summary>
/// The grain class's name in identities and in storage. Without it, the class's name in lower case, without the ending "Grain".
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class GrainTypeAttribute(string grainType) : Attribute
{
    internal string GrainType { get; } = grainType;
}
