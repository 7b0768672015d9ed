namespace Exports.Grains;

/// <summary>
/// A task cannot go on because Kafka or the storage does not answer. That is no failure of the task: it waits and tries again,
/// however long it takes, and says so in its status.
/// </summary>
internal sealed class NotYetException(ProblemCause cause, string message, Exception inner) : Exception(message, inner)
{
    /// <summary>What does not answer.</summary>
    public ProblemCause Cause => cause;
}
