using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Connectors.Kafka;

/// <summary>A record that was handed over was not accepted.</summary>
/// <param name="Code">The error.</param>
/// <param name="Text">What librdkafka says about it.</param>
/// <param name="Slice">The place of the record's slice in the transaction.</param>
/// <param name="Index">The record's index in its batch.</param>
/// <param name="SetSize">How many records were refused together.</param>
/// <param name="RecordBytes">The size of such a record, on average.</param>
internal sealed record ReportedFailure(ErrorCode Code, string Text, int Slice, int Index, int SetSize, long RecordBytes);
