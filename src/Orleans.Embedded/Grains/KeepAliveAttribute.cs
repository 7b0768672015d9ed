namespace Orleans;

/// <summary>Idle activations of this grain class are not collected.</summary>
[AttributeUsage(AttributeTargets.Class)]
public class KeepAliveAttribute : Attribute;
