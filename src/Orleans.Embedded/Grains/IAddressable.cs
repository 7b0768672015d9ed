namespace Orleans.Runtime;

/// <summary>What can be called by a grain reference.</summary>
public interface IAddressable;
