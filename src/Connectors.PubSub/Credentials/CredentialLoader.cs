using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Exports.Connectors.Sdk;
using Google.Apis.Auth.OAuth2;

namespace Exports.Connectors.PubSub;

/// <summary>Receives what a configuration says of credentials; gives access tokens, shared with all that say the same.</summary>
/// <remarks>
/// A configuration may give a service account's key or a user's credentials. Other kinds make whoever uses them read files, run
/// programs or call addresses that stand in the JSON, which whoever may write a configuration must not be able to have the worker do.
/// The worker's own environment may give those as well.
/// </remarks>
internal static class CredentialLoader
{
    /// <summary>The worker's environment variable that names a file.</summary>
    public const string Variable = "GOOGLE_APPLICATION_CREDENTIALS";

    private const string Scope = "https://www.googleapis.com/auth/pubsub";
    private const string ServiceAccount = "service_account";
    private const string User = "authorized_user";

    private static readonly SharedPool<string, AccessTokens> s_shared = new();

    /// <summary>The tokens that a configuration chooses.</summary>
    /// <exception cref="ConfigException">The credentials cannot be read; the message names the key and shows nothing of them.</exception>
    public static SharedPool<string, AccessTokens>.Lease Load(CredentialChoice choice)
    {
        switch (choice.Form)
        {
            case CredentialForm.Json:
                return FromJson(choice, choice.Text, choice.Key, ParsedConfig.HiddenPassword);
            case CredentialForm.File:
                return FromJson(choice, Read(choice.Text, choice.Key, choice.Text), choice.Key, choice.Text);
        }

        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } file)
            return FromJson(choice, Read(file, Variable, file), Variable, file);
        if (WellKnownFile() is { } known && File.Exists(known))
            return FromJson(choice, Read(known, "gcloud's application default credentials", known), known, known);
        // Whether there is a metadata server is seen when a token is needed: on a pod that has just begun it may not answer yet.
        return s_shared.Acquire(
            "metadata server",
            static _ => new(GoogleCredential.FromComputeCredential(new ComputeCredential()).CreateScoped(Scope), "the metadata server"));
    }

    private static SharedPool<string, AccessTokens>.Lease FromJson(CredentialChoice choice, string json, string origin, string shown)
    {
        var type = CheckJson(choice, json, origin, shown);
        var identity = $"{origin}\n{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(json)))}";
        try
        {
            return s_shared.Acquire(
                identity, _ => new(CredentialFactory.FromJson(json, type).CreateScoped(Scope), origin));
        }
        catch (Exception e) when (e is not ConfigException)
        {
            // Its message may hold parts of the JSON.
            throw new ConfigException(
                origin, shown, $"the credentials of type {type} in it cannot be used ({e.GetType().Name}); create a new key and give that");
        }
    }

    private static string CheckJson(CredentialChoice choice, string json, string origin, string shown)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            throw new ConfigException(origin, shown, "it is not JSON; expected is what a service account's key file holds");
        }

        using (document)
        {
            var type = TextOf(document.RootElement, "type");
            if (type is null)
                throw new ConfigException(origin, shown, "the JSON has no text 'type'; expected is what a service account's key file holds");
            var allowed = choice.OnlyServiceAccounts ? [ServiceAccount] : new[] { ServiceAccount, User };
            if (choice.Form != CredentialForm.Worker && !allowed.Contains(type, StringComparer.Ordinal))
            {
                throw new ConfigException(
                    origin, shown, $"its type is not allowed in a connector's configuration; allowed: {string.Join(", ", allowed)}. Other "
                    + $"kinds can be given to the worker, by {Variable} in its environment");
            }

            string[] needed = type switch
            {
                ServiceAccount => ["client_email", "private_key"],
                User => ["client_id", "client_secret", "refresh_token"],
                _ => [],
            };
            return Array.Find(needed, name => TextOf(document.RootElement, name) is null) is { } missing
                ? throw new ConfigException(origin, shown, $"the JSON of type {type} has no text '{missing}'")
                : type;
        }
    }

    private static string? TextOf(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static string Read(string path, string key, string shown)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigException(
                key, shown, e is FileNotFoundException or DirectoryNotFoundException
                    ? "the worker has no such file"
                    : $"the worker cannot read the file ({e.GetType().Name})");
        }
    }

    private static string? WellKnownFile()
    {
        const string Name = "application_default_credentials.json";
        if (Environment.GetEnvironmentVariable("CLOUDSDK_CONFIG") is { Length: > 0 } folder)
            return Path.Combine(folder, Name);
        return Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home
            ? Path.Combine(home, ".config", "gcloud", Name)
            : null;
    }
}
