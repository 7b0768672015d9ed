namespace Exports.Import;

/// <summary>Whether a connector can run at the target, and what to know about it.</summary>
/// <param name="Connector">The connector.</param>
/// <param name="Errors">Why it cannot; none when it can.</param>
/// <param name="Keys">Keys that have no effect there, and why.</param>
/// <param name="Remarks">What else to know, or to do, before it is started.</param>
internal sealed record Assessment(
    SourceConnector Connector, IReadOnlyList<string> Errors, IReadOnlyList<string> Keys, IReadOnlyList<string> Remarks)
{
    public bool CanRun => Errors.Count == 0;

    /// <summary>What was done about it; null when nothing was to be done.</summary>
    public string? Done { get; init; }

    /// <summary>Whether what was to be done failed.</summary>
    public bool HasFailed { get; init; }
}
