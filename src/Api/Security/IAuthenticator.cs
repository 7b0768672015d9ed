namespace Exports.Api.Security;

/// <summary>Checks credentials of one scheme of the header <c>Authorization</c>.</summary>
public interface IAuthenticator
{
    /// <summary>The scheme: <c>Basic</c> or <c>Bearer</c>.</summary>
    string Scheme { get; }

    /// <summary>What <c>WWW-Authenticate</c> says to callers without credentials.</summary>
    string Challenge { get; }

    /// <summary>Checks what follows the scheme in the header. Does not throw for wrong credentials.</summary>
    ValueTask<AuthenticationResult> AuthenticateAsync(string credentials, CancellationToken cancellationToken);
}
