namespace Exports.Connectors.Kinesis;

/// <summary>Lets tasks with equal settings use the same credentials; forgets them with their last user. Thread-safe.</summary>
internal static class SharedCredentials
{
    private static readonly Lock s_lock = new();
    private static readonly Dictionary<CredentialsSettings, (RenewingCredentials Credentials, int Users)> s_shared = [];

    /// <summary>The chain is the process's, whatever the settings.</summary>
    private static readonly Lazy<ChainOrigin> s_chain = new();

    /// <summary>Takes a share in the credentials of these settings.</summary>
    public static RenewingCredentials Join(CredentialsSettings settings)
    {
        var key = KeyOf(settings);
        lock (s_lock)
        {
            var (credentials, users) = s_shared.TryGetValue(key, out var found)
                ? found
                : (new RenewingCredentials(Origin(settings), TimeProvider.System), 0);
            s_shared[key] = (credentials, users + 1);
            return credentials;
        }
    }

    /// <summary>Gives a share back.</summary>
    public static void Leave(CredentialsSettings settings)
    {
        var key = KeyOf(settings);
        lock (s_lock)
        {
            var (credentials, users) = s_shared[key];
            if (users == 1)
                s_shared.Remove(key);
            else
                s_shared[key] = (credentials, users - 1);
        }
    }

    private static ICredentialsOrigin Origin(CredentialsSettings settings)
        => settings.RoleArn is null ? s_chain.Value : new RoleOrigin(settings, s_chain.Value);

    // Without a role, nothing else matters.
    private static CredentialsSettings KeyOf(CredentialsSettings settings)
        => settings.RoleArn is null ? new("", null, null, "", TimeSpan.Zero, null) : settings;
}
