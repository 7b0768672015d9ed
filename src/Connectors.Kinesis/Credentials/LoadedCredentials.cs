namespace Exports.Connectors.Kinesis;

/// <summary>Credentials as their origin gave them.</summary>
/// <param name="Credentials">The credentials.</param>
/// <param name="RenewAfter">From when on newer ones are asked for while these still serve.</param>
/// <param name="UsableFor">How long they serve; null where only the destination's refusal tells.</param>
internal sealed record LoadedCredentials(AwsCredentials Credentials, TimeSpan RenewAfter, TimeSpan? UsableFor);
