namespace Orleans.Concurrency;

/// <summary>Calls of this interface method return at once; what becomes of them is not reported.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;
