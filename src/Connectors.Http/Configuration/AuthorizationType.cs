namespace Exports.Connectors.Http;

/// <summary>Where the Authorization header comes from.</summary>
internal enum AuthorizationType
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>The configuration has it in full.</summary>
    Static,

    /// <summary>From a user name and a password.</summary>
    Basic,

    /// <summary>From a token that the configuration has.</summary>
    Bearer,

    /// <summary>From a token that an OAuth 2 server gives out for client credentials.</summary>
    OAuth2,
}
