namespace Exports.Connectors.Sdk;

/// <summary>
/// Takes single records that a task cannot deliver and leaves out, while it delivers the others of the same batch. Thread-safe.
/// </summary>
/// <remarks>
/// What it does with them is what the connector's <c>errors.*</c> keys say: it logs them, writes them to the dead letter queue
/// as they were read, and tolerates them or fails the task.
/// </remarks>
public interface IErrantRecordReporter
{
    /// <summary>
    /// Reports a record of a put that has not completed yet. No offset behind the record is committed before it is in the dead
    /// letter queue, so a task need not wait for that; it should still await the result before its put completes, to learn that
    /// the error is not tolerated. Wait without blocking: what is reported is dealt with on the thread that puts.
    /// </summary>
    /// <param name="record">The record as it was put.</param>
    /// <param name="error">Why it cannot be delivered.</param>
    /// <returns>Completes when the record is in the dead letter queue, where there is one.</returns>
    /// <exception cref="ConnectException">
    /// The error is not tolerated (<c>errors.tolerance=none</c>), the dead letter queue did not take the record, or the record's put
    /// has completed: the task fails. Thrown when awaited.
    /// </exception>
    Task ReportAsync(in SinkRecord record, Exception error);
}
