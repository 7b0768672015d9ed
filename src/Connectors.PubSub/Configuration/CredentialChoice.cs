namespace Exports.Connectors.PubSub;

/// <summary>Where credentials come from.</summary>
internal enum CredentialForm
{
    /// <summary>Their JSON is in the configuration.</summary>
    Json,

    /// <summary>The configuration names a file of the worker.</summary>
    File,

    /// <summary>They are the worker's own, from its environment.</summary>
    Worker,
}

/// <summary>Which credentials a configuration chooses.</summary>
/// <param name="Key">The key that gives them, or that would.</param>
/// <param name="Form">Where they come from.</param>
/// <param name="Text">The JSON or the file's path; empty for the worker's own. May be a secret: never log it.</param>
/// <param name="OnlyServiceAccounts">Whether only a service account's key is allowed.</param>
internal sealed record CredentialChoice(string Key, CredentialForm Form, string Text, bool OnlyServiceAccounts)
{
    /// <summary>The worker's own.</summary>
    public static CredentialChoice Worker { get; } = new(PubSubKeys.CredentialsFile, CredentialForm.Worker, "", false);

    /// <summary>Names the choice without the credentials.</summary>
    public override string ToString() => Form == CredentialForm.Worker ? "the worker's credentials" : Key;
}
