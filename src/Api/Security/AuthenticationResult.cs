namespace Exports.Api.Security;

/// <summary>What became of the credentials of a request.</summary>
public abstract record AuthenticationResult
{
    private AuthenticationResult()
    {
    }

    /// <summary>They are right.</summary>
    /// <param name="Role">What the caller may do; null for nothing.</param>
    public sealed record Accepted(ApiRole? Role) : AuthenticationResult;

    /// <summary>They are wrong.</summary>
    /// <param name="Reason">Why, for the log; holds no credentials.</param>
    public sealed record Rejected(string Reason) : AuthenticationResult;

    /// <summary>They cannot be checked at the moment.</summary>
    /// <param name="Status">The HTTP status of the answer: 429 or 503.</param>
    /// <param name="Reason">Why, for the log and the caller; holds no credentials.</param>
    public sealed record Unavailable(int Status, string Reason) : AuthenticationResult;
}
