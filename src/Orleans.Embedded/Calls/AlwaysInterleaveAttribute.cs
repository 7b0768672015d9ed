namespace Orleans.Concurrency;

/// <summary>Calls of this interface method may start while any other request of the grain waits for something.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;
