using Confluent.Kafka;

namespace Exports.Kafka.Client;

/// <summary>Why a step of a transaction did not succeed, and what is left to do.</summary>
/// <param name="Code">The error.</param>
/// <param name="Text">What librdkafka says about it.</param>
/// <param name="IsRetriable">The same call may succeed: it goes on where it was.</param>
/// <param name="RequiresAbort">The transaction must be aborted; the producer is good for another one.</param>
/// <param name="IsFatal">The producer cannot go on.</param>
public sealed record TransactionFailure(ErrorCode Code, string Text, bool IsRetriable, bool RequiresAbort, bool IsFatal);
