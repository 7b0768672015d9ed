using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>A consumer group's offsets cannot be changed because it has active members.</summary>
public sealed class GroupActiveException(string message, Exception? inner = null) : RetriableException(message, inner);
