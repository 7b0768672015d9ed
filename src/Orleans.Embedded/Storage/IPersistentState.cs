using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>A grain's stored state, as its constructor gets it; it is read before the grain is activated.</summary>
public interface IPersistentState<TState> : IStorage<TState>;
