using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Exports.Api.Security;

/// <summary>JSON Web Tokens (RFC 6750, RFC 7519) that a public key has signed.</summary>
public sealed class BearerAuthenticator : IAuthenticator
{
    private static readonly string[] s_algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly BearerOptions _options;
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly WatchedFile<IReadOnlyList<SecurityKey>>? _keys;
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? _authority;

    /// <summary>Reads the keys where a file holds them; it is read anew when it changes.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The file holds no keys.</exception>
    public BearerAuthenticator(BearerOptions options, TimeProvider time, Action<string>? onChange = null)
    {
        _options = options;
        if (options.KeysFile is { } file)
        {
            _keys = new(file, SigningKeys.Parse, time, onChange);
        }
        else if (options.Authority is { } authority)
        {
            _authority = new(
                authority.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration",
                new OpenIdConnectConfigurationRetriever(),
                new HttpDocumentRetriever { RequireHttps = !authority.IsLoopback });
        }
        else
        {
            throw new ArgumentException("Neither an authority nor a file with keys is given.", nameof(options));
        }
    }

    /// <inheritdoc/>
    public string Scheme => "Bearer";

    /// <inheritdoc/>
    public string Challenge => "Bearer realm=\"Exports\"";

    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(string credentials, CancellationToken cancellationToken)
    {
        var parameters = new TokenValidationParameters
        {
            ValidAlgorithms = s_algorithms,
            ValidAudiences = _options.Audiences,
            ValidIssuer = _options.Issuer,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = TimeSpan.FromMinutes(1),
        };
        if (_keys is not null)
        {
            parameters.IssuerSigningKeys = _keys.Current;
        }
        else
        {
            try
            {
                var found = await _authority!.GetConfigurationAsync(cancellationToken);
                parameters.IssuerSigningKeys = found.SigningKeys;
                parameters.ValidIssuer ??= found.Issuer;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                return new AuthenticationResult.Unavailable(
                    StatusCodes.Status503ServiceUnavailable,
                    $"The keys of {_options.Authority} cannot be had at the moment ({e.GetType().Name}).");
            }
        }

        var result = await _handler.ValidateTokenAsync(credentials, parameters);
        if (result.IsValid)
            return new AuthenticationResult.Accepted(RoleIn((JsonWebToken)result.SecurityToken));
        // A key that is not known may be a new one. The manager asks no more often than its own interval allows.
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            _authority?.RequestRefresh();
        // The exceptions' texts may quote the token; their names say enough.
        return new AuthenticationResult.Rejected($"its token is not accepted ({result.Exception?.GetType().Name ?? "unknown"})");
    }

    private ApiRole? RoleIn(JsonWebToken token)
    {
        using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        if (Find(payload.RootElement, _options.RolesClaim) is not { } claim)
            return null;
        string[] roles = claim.ValueKind switch
        {
            JsonValueKind.String => claim.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            JsonValueKind.Array => [.. claim.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
            _ => [],
        };
        if (roles.Intersect(_options.AdminRoles, StringComparer.Ordinal).Any())
            return ApiRole.Admin;
        return roles.Intersect(_options.ReadOnlyRoles, StringComparer.Ordinal).Any() ? ApiRole.ReadOnly : null;
    }

    private static JsonElement? Find(JsonElement payload, string name)
    {
        // Some issuers use addresses as names, which hold dots themselves.
        if (payload.TryGetProperty(name, out var claim))
            return claim;
        foreach (var part in name.Split('.'))
        {
            if (payload.ValueKind != JsonValueKind.Object || !payload.TryGetProperty(part, out payload))
                return null;
        }

        return payload;
    }
}
