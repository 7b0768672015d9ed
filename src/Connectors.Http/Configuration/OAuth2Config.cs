using System.Net;
using System.Text;

namespace Exports.Connectors.Http;

/// <summary>Where and how to get access tokens for client credentials (RFC 6749, section 4.4).</summary>
/// <param name="Address">The address that gives them out.</param>
/// <param name="ClientId">The client's name.</param>
/// <param name="ClientSecret">The client's secret.</param>
/// <param name="InHeader">Whether name and secret go into the Authorization header rather than into the form.</param>
/// <param name="Scope">The scope to ask for, or null.</param>
/// <param name="TokenProperty">The property of the answer that holds the token.</param>
internal sealed record OAuth2Config(
    Uri Address, string ClientId, string ClientSecret, bool InHeader, string? Scope, string TokenProperty)
{
    /// <summary>
    /// Name and secret as the Authorization header takes them, each encoded as in a form: RFC 6749, section 2.3.1.
    /// </summary>
    public string BasicCredentials { get; } = Convert.ToBase64String(
        Encoding.UTF8.GetBytes($"{WebUtility.UrlEncode(ClientId)}:{WebUtility.UrlEncode(ClientSecret)}"));

    /// <summary>Names nothing that is secret.</summary>
    public override string ToString() => Address.GetLeftPart(UriPartial.Authority);
}
