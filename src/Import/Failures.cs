namespace Exports.Import;

/// <summary>A cluster or worker cannot be reached, or does not answer as one does.</summary>
internal sealed class UnreachableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A worker refuses a request.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What it says.</param>
internal sealed class RefusedException(int status, string message) : Exception(message)
{
    public int Status => status;
}
