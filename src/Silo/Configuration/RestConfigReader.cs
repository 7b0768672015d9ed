using Exports.Api.Security;
using Exports.Connectors.Sdk;
using Exports.Pipeline;
using Exports.Silo.Rest;
using Exports.Silo.Rest.Tls;

namespace Exports.Silo.Configuration;

/// <summary>Reads the keys of the REST API's surface, and checks those that belong together and the files that they name.</summary>
internal sealed class RestConfigReader(ResolvedConfig config, ParsedConfig parsed, IReadOnlyList<Listener> listeners, List<string> errors)
{
    public RestConfig Read()
    {
        var adminListeners = AdminListeners();
        var schemes = parsed.GetList(WorkerKeys.Authentication);
        if (Items(WorkerKeys.RestExtensions) is [var extension, ..] && !schemes.Contains("basic"))
        {
            Add(WorkerKeys.RestExtensions, extension,
                $"its work is done by {WorkerKeys.Authentication}=basic, with the users of the JAAS file in {WorkerKeys.UsersFile}; set both");
        }

        // A misspelt key of these must not leave the API open.
        foreach (var unknown in config.Keys.Where(key => key.StartsWith(WorkerKeys.Authentication, StringComparison.Ordinal) && WorkerKeys.Find(key) is null))
            errors.Add($"Unknown key {unknown}: did you mean {NearestKey.Find(unknown, WorkerKeys.All.Select(key => key.Name))}?");

        return new RestConfig
        {
            UsersFile = schemes.Contains("basic") ? UsersFile() : Unused(WorkerKeys.UsersFile, "basic"),
            Bearer = schemes.Contains("bearer") ? Bearer() : NoBearer(),
            OpenPaths = parsed.GetList(WorkerKeys.OpenPaths),
            AdminListeners = adminListeners,
            Tls = listeners.Concat(adminListeners ?? []).Any(listener => listener.IsHttps) ? Tls() : null,
            AllowedOrigins = Items(WorkerKeys.AllowOrigin),
            AllowedMethods = Items(WorkerKeys.AllowMethods) is { Count: > 0 } methods ? methods : ["GET", "POST", "HEAD"],
            ResponseHeaders = ResponseHeader.TryParseAll(parsed.GetString(WorkerKeys.ResponseHeaders), out var headers, out _) ? headers : [],
            MaxRequestBytes = parsed.GetInt(WorkerKeys.MaxRequestBytes),
            MaxHeaderBytes = parsed.GetInt(WorkerKeys.MaxHeaderBytes),
            MaxRequestLineBytes = parsed.GetInt(WorkerKeys.MaxRequestLineBytes),
            MaxConnections = parsed.GetInt(WorkerKeys.MaxConnections),
            RequestTimeout = TimeSpan.FromMilliseconds(parsed.GetLong(WorkerKeys.RequestTimeout)),
            HeadersTimeout = TimeSpan.FromMilliseconds(parsed.GetLong(WorkerKeys.HeadersTimeout)),
            IdleTimeout = TimeSpan.FromMilliseconds(parsed.GetLong(WorkerKeys.IdleTimeout)),
        };
    }

    private IReadOnlyList<Listener>? AdminListeners()
    {
        if (!config.ContainsKey(WorkerKeys.AdminListeners))
            return null;
        var admin = new List<Listener>();
        foreach (var text in Items(WorkerKeys.AdminListeners))
        {
            if (!Listener.TryParse(text, out var listener, out var error))
                Add(WorkerKeys.AdminListeners, text, error!);
            else if (listener!.Port != 0 && listeners.Contains(listener))
                Add(WorkerKeys.AdminListeners, text, "it is one of listeners already; leave the key out to serve /admin there");
            else
                admin.Add(listener);
        }

        return admin;
    }

    private string? UsersFile()
    {
        if (Text(WorkerKeys.UsersFile) is not { } file)
        {
            Add(WorkerKeys.UsersFile, "null", $"{WorkerKeys.Authentication}=basic needs a file of users");
            return null;
        }

        Try(WorkerKeys.UsersFile, file, () => new BasicAuthenticator(file, TimeProvider.System).Dispose());
        return Path.GetFullPath(file);
    }

    private BearerOptions? Bearer()
    {
        var (authority, keys) = (Text(WorkerKeys.BearerAuthority), Text(WorkerKeys.BearerKeysFile));
        if (authority is null == keys is null)
            Add(WorkerKeys.BearerAuthority, authority ?? "null", $"{WorkerKeys.Authentication}=bearer needs either this or {WorkerKeys.BearerKeysFile}");
        if (keys is not null && Text(WorkerKeys.BearerIssuer) is null)
            Add(WorkerKeys.BearerIssuer, "null", $"needed with {WorkerKeys.BearerKeysFile}");
        Uri? address = null;
        if (authority is not null && !(Uri.TryCreate(authority, UriKind.Absolute, out address)
            && (address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback))))
            Add(WorkerKeys.BearerAuthority, authority, "allowed: an https address; http only at this machine");
        var audiences = Items(WorkerKeys.BearerAudience);
        if (audiences.Count == 0)
            Add(WorkerKeys.BearerAudience, "null", $"needed with {WorkerKeys.Authentication}=bearer: tokens for other services of the issuer must not open this one");
        var options = new BearerOptions
        {
            Authority = address,
            KeysFile = keys is null ? null : Path.GetFullPath(keys),
            Issuer = Text(WorkerKeys.BearerIssuer),
            Audiences = audiences,
            RolesClaim = parsed.GetString(WorkerKeys.BearerRolesClaim),
            AdminRoles = Items(WorkerKeys.BearerAdminRoles),
            ReadOnlyRoles = Items(WorkerKeys.BearerReadOnlyRoles),
        };
        if (keys is not null)
            Try(WorkerKeys.BearerKeysFile, keys, () => _ = new BearerAuthenticator(options, TimeProvider.System));
        return options;
    }

    private BearerOptions? NoBearer()
    {
        foreach (var key in (string[])[WorkerKeys.BearerAuthority, WorkerKeys.BearerKeysFile, WorkerKeys.BearerIssuer, WorkerKeys.BearerAudience])
            Unused(key, "bearer");
        return null;
    }

    private TlsConfig? Tls()
    {
        var tls = new TlsConfigReader(config, errors).Read();
        if (tls is null)
            return null;
        Try(tls.KeyStore.Key, tls.KeyStore.Location ?? ParsedConfig.HiddenPassword, () => KeyStore.Load(tls.KeyStore));
        if (tls.TrustStore is { } trust)
            Try(trust.Key, trust.Location ?? ParsedConfig.HiddenPassword, () => TrustStore.Load(trust));
        return tls;
    }

    /// <summary>Who sets a key of authentication and not the scheme that it is for believes that the API is guarded.</summary>
    private string? Unused(string key, string scheme)
    {
        if (config.TryGetValue(key, out var value) && value.Trim().Length > 0)
            Add(key, value, $"it is for {WorkerKeys.Authentication}={scheme}, which is not set");
        return null;
    }

    private void Try(string key, string value, Action load)
    {
        try
        {
            load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            Add(key, value, e.Message);
        }
    }

    private string? Text(string key) => parsed.GetStringOrNull(key) is { Length: > 0 } text ? text : null;

    private List<string> Items(string key) => parsed.Has(key) ? [.. parsed.GetList(key).Where(item => item.Length > 0)] : [];

    private void Add(string key, string value, string reason) => errors.Add(new ConfigException(key, value, reason).Message);
}
