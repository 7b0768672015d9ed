namespace Exports.Connectors.Kinesis;

/// <summary>Where credentials come from. Tasks with equal settings share them.</summary>
/// <param name="Region">The region whose token service is asked.</param>
/// <param name="RoleArn">The role to assume; null for what the default chain gives.</param>
/// <param name="ExternalId">What the role's trust policy may ask for; null for none.</param>
/// <param name="SessionName">The session's name in the destination's audit log.</param>
/// <param name="SessionDuration">How long a session lasts.</param>
/// <param name="StsEndpoint">The token service; null for the region's.</param>
internal sealed record CredentialsSettings(
    string Region, string? RoleArn, string? ExternalId, string SessionName, TimeSpan SessionDuration, Uri? StsEndpoint);
