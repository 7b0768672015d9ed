namespace Exports.Rest.Client;

/// <summary>A worker cannot be reached, does not answer as one does, or does not let the caller in.</summary>
/// <param name="message">What is wrong, and what to do.</param>
/// <param name="inner">Why, as the platform says it.</param>
public sealed class UnreachableException(string message, Exception? inner = null) : Exception(message, inner);
