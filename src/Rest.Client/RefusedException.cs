namespace Exports.Rest.Client;

/// <summary>A worker refuses a request.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What it says.</param>
public sealed class RefusedException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status, 400 to 599.</summary>
    public int Status => status;
}
