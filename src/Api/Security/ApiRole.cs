namespace Exports.Api.Security;

/// <summary>What a caller may do.</summary>
public enum ApiRole
{
    /// <summary>Reading (GET, HEAD), and checking a configuration without reaching out to its destination.</summary>
    ReadOnly,

    /// <summary>Everything.</summary>
    Admin,
}
