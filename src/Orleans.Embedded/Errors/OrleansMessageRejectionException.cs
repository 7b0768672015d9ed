namespace Orleans.Runtime;

/// <summary>A call was not taken by the silo that it was meant for.</summary>
public class OrleansMessageRejectionException(string message) : OrleansException(message);
