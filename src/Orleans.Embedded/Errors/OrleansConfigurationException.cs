namespace Orleans.Runtime;

/// <summary>An option or a grain class with which no silo can start.</summary>
public sealed class OrleansConfigurationException(string message, Exception? innerException = null) : Exception(message, innerException);
