namespace Exports.Pipeline;

/// <summary>Records, and where to go on reading.</summary>
/// <param name="Records">The records, oldest first.</param>
/// <param name="Next">The offset of the next record of each partition.</param>
/// <param name="Redact">Takes secrets out of texts.</param>
public sealed record PreviewedRecords(
    IReadOnlyList<PreviewedRecord> Records, IReadOnlyList<CommittableOffset> Next, Func<string, string> Redact);
