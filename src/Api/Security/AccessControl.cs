using Exports.Api.Errors;
using Exports.Api.Page;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Exports.Api.Security;

/// <summary>
/// Lets a request through whose credentials are right and whose caller has the role that it needs. Answers 401 and 403
/// before anything of the request but its head is looked at.
/// </summary>
public sealed partial class AccessControl
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<IAuthenticator> _authenticators;
    private readonly IReadOnlySet<string> _openPaths;
    private readonly TimeProvider _time;
    private readonly ILogger<AccessControl> _logger;
    private readonly StringValues _challenges;
    private readonly Lock _gate = new();
    private long? _lastLogged;
    private int _unlogged;

    /// <param name="authenticators">At least one; each for a scheme of its own.</param>
    /// <param name="openPaths">Paths that anybody may read, letter by letter.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where failed attempts are told of.</param>
    public AccessControl(
        IReadOnlyList<IAuthenticator> authenticators, IEnumerable<string> openPaths, TimeProvider time, ILogger<AccessControl> logger)
    {
        ArgumentOutOfRangeException.ThrowIfZero(authenticators.Count);
        _authenticators = authenticators;
        _openPaths = openPaths.ToHashSet(StringComparer.Ordinal);
        _time = time;
        _logger = logger;
        _challenges = new([.. authenticators.Select(authenticator => authenticator.Challenge)]);
    }

    /// <summary>Guards everything that is added to the application after this. Without a registered instance, nothing is guarded.</summary>
    public static void Use(IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetService<AccessControl>() is { } control)
            app.Use(control.InvokeAsync);
    }

    private async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var needed = AccessRules.RoleFor(request);
        if (PageEndpoint.IsFor(request))
        {
            await next(context);
            return;
        }

        if (needed == ApiRole.ReadOnly && !HttpMethods.IsPut(request.Method) && _openPaths.Contains(request.Path.Value ?? ""))
        {
            await next(context);
            return;
        }

        switch (await AuthenticateAsync(request.Headers.Authorization, context.RequestAborted))
        {
            case AuthenticationResult.Accepted { Role: { } role } when role >= needed:
                await next(context);
                return;
            case AuthenticationResult.Accepted { Role: var role }:
                await ErrorResponses.Forbidden(needed, role).ExecuteAsync(context);
                return;
            case AuthenticationResult.Unavailable unavailable:
                Refused(context, unavailable.Reason);
                context.Response.Headers.RetryAfter = "1";
                await ErrorResponses.Error(unavailable.Status, unavailable.Reason).ExecuteAsync(context);
                return;
            case var rejected:
                if (rejected is AuthenticationResult.Rejected { Reason: var reason })
                    Refused(context, reason);
                // The same for every reason: a caller is not told whether a user exists.
                context.Response.Headers.WWWAuthenticate = _challenges;
                await ErrorResponses.Unauthorized.ExecuteAsync(context);
                return;
        }
    }

    /// <summary>Null where the request brings no credentials.</summary>
    private async ValueTask<AuthenticationResult?> AuthenticateAsync(StringValues header, CancellationToken cancellationToken)
    {
        if (header.Count == 0)
            return null;
        var value = header.Count == 1 ? header.ToString().Trim(' ') : "";
        var space = value.IndexOf(' ');
        if (space < 0)
            return new AuthenticationResult.Rejected("the header Authorization is not one scheme with credentials");
        foreach (var authenticator in _authenticators)
        {
            if (value.AsSpan(0, space).Equals(authenticator.Scheme, StringComparison.OrdinalIgnoreCase))
                return await authenticator.AuthenticateAsync(value[space..].Trim(' '), cancellationToken);
        }

        return new AuthenticationResult.Rejected("the scheme of the header Authorization is not one that is set up");
    }

    /// <summary>Tells the log, at most once in a while: whoever guesses passwords must not fill the disk.</summary>
    private void Refused(HttpContext context, string reason)
    {
        int unlogged;
        lock (_gate)
        {
            if (_lastLogged is { } last && _time.GetElapsedTime(last) < s_quiet)
            {
                _unlogged++;
                return;
            }

            unlogged = _unlogged;
            _unlogged = 0;
            _lastLogged = _time.GetTimestamp();
        }

        Log.Refused(_logger, context.Connection.RemoteIpAddress?.ToString() ?? "unknown", reason, unlogged);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A request from {Address} was not let in: {Reason} ({Unlogged} more since the last such line)")]
        public static partial void Refused(ILogger logger, string address, string reason, int unlogged);
    }
}
