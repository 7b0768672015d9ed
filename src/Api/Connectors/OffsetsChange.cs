using Exports.Api.Errors;
using Exports.Grains;

namespace Exports.Api.Connectors;

/// <summary>A way to change offsets, in the words that clients of Kafka Connect know.</summary>
internal sealed class OffsetsChange
{
    public static readonly OffsetsChange Altered = new("altered", "alter");
    public static readonly OffsetsChange Reset = new("reset", "reset");

    private readonly string _done;
    private readonly string _doing;

    private OffsetsChange(string done, string doing) => (_done, _doing) = (done, doing);

    /// <summary>What to say when it was done.</summary>
    public string Success(AlterOffsetsOutcome outcome) => outcome == AlterOffsetsOutcome.Altered
        ? $"The offsets for this connector have been {_done} successfully"
        : $"The Connect framework-managed offsets for this connector have been {_done} successfully. However, if this connector "
            + "manages offsets externally, they will need to be manually altered in the system that the connector uses.";

    /// <summary>Why it was not done; null when it was.</summary>
    public ErrorResult? ErrorOf(string connector, AlterOffsetsResult result) => result.Outcome switch
    {
        AlterOffsetsOutcome.Altered or AlterOffsetsOutcome.AlteredHere => null,
        AlterOffsetsOutcome.UnknownConnector => ErrorResponses.ConnectorNotFound(connector),
        AlterOffsetsOutcome.NotStopped => ErrorResponses.NotStopped(connector),
        AlterOffsetsOutcome.Invalid => ErrorResponses.BadRequest(result.Reason ?? "The offsets cannot be changed so."),
        AlterOffsetsOutcome.StillActive => ErrorResponses.GroupActive(connector, _doing),
        _ => ErrorResponses.OffsetsNotChanged(connector, _doing, result.Reason),
    };
}
