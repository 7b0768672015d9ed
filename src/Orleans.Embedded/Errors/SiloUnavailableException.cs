namespace Orleans.Runtime;

/// <summary>The silo has not started, or is stopping or stopped, and takes no calls.</summary>
public sealed class SiloUnavailableException(string msg) : OrleansMessageRejectionException(msg);
