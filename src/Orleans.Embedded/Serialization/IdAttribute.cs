namespace Orleans;

/// <summary>The number by which a member is known on the wire. Members without one are not passed on.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class IdAttribute(uint id) : Attribute
{
    public uint Id { get; } = id;
}
