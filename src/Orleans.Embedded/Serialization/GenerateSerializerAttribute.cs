namespace Orleans;

/// <summary>Marks a type that may be passed to or returned from a grain call.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute;
