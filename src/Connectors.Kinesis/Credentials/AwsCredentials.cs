namespace Exports.Connectors.Kinesis;

/// <summary>What a request is signed with. Has no text form, because it holds secrets.</summary>
/// <param name="accessKey">Who signs; not a secret.</param>
/// <param name="secretKey">The secret.</param>
/// <param name="sessionToken">What comes with temporary credentials; null for lasting ones.</param>
internal sealed class AwsCredentials(string accessKey, string secretKey, string? sessionToken)
{
    public string AccessKey => accessKey;

    public string SecretKey => secretKey;

    public string? SessionToken => sessionToken;

    /// <summary>Whether both sign alike.</summary>
    public bool IsSameAs(AwsCredentials other)
        => accessKey == other.AccessKey && secretKey == other.SecretKey && sessionToken == other.SessionToken;
}
