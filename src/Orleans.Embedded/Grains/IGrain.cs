using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain.</summary>
public interface IGrain : IAddressable;
