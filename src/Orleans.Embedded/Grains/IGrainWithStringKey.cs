namespace Orleans;

/// <summary>A grain that is known by a string key.</summary>
public interface IGrainWithStringKey : IGrain;
