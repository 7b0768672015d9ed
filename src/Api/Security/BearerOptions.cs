namespace Exports.Api.Security;

/// <summary>Which tokens are accepted. Exactly one of authority and keys file is given.</summary>
public sealed record BearerOptions
{
    /// <summary>The address of an OpenID Connect issuer, whose keys are fetched and renewed; null where a file holds them.</summary>
    public Uri? Authority { get; init; }

    /// <summary>A file with the public keys that sign tokens: a JSON Web Key Set, or PEM; null where an authority has them.</summary>
    public string? KeysFile { get; init; }

    /// <summary>The issuer (<c>iss</c>) that tokens must have; null for what the authority says it is.</summary>
    public string? Issuer { get; init; }

    /// <summary>The audiences (<c>aud</c>), of which tokens must have one; at least one.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>The claim with the roles; names within objects are joined by dots, as in <c>realm_access.roles</c>.</summary>
    public required string RolesClaim { get; init; }

    /// <summary>The values of that claim that make a caller an admin.</summary>
    public required IReadOnlyList<string> AdminRoles { get; init; }

    /// <summary>The values of that claim that let a caller read.</summary>
    public required IReadOnlyList<string> ReadOnlyRoles { get; init; }
}
