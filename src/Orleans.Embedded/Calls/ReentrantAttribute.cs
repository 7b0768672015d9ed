namespace Orleans.Concurrency;

/// <summary>Any request of this grain class may start while another waits for something.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;
