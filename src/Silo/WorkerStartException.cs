namespace Exports.Silo;

/// <summary>The worker cannot start. The message says why and what to do, in one line.</summary>
public sealed class WorkerStartException : Exception
{
    internal WorkerStartException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
