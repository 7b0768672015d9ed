using Exports.Api.Security;
using Exports.Silo.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Exports.Silo.Rest;

/// <summary>What stands between the listeners and the API: headers of responses, other origins, places, and callers.</summary>
internal static class RestSurface
{
    private static readonly PathString s_admin = "/admin";

    public static void AddRestSurface(this IServiceCollection services, RestConfig rest)
    {
        services.TryAddSingleton(TimeProvider.System);
        if (rest.AllowedOrigins.Count > 0)
        {
            services.AddCors(options => options.AddDefaultPolicy(policy =>
            {
                policy.WithMethods([.. rest.AllowedMethods]).AllowAnyHeader().WithExposedHeaders("Location");
                if (rest.AllowedOrigins.Contains("*"))
                    policy.AllowAnyOrigin();
                else
                    policy.SetIsOriginAllowedToAllowWildcardSubdomains().WithOrigins([.. rest.AllowedOrigins]);
            }));
        }

        if (!rest.IsGuarded)
            return;
        services.AddSingleton(provider =>
        {
            var report = provider.GetRequiredService<ILoggerFactory>().ReportsOf("Exports.Api.Security");
            var time = provider.GetRequiredService<TimeProvider>();
            var authenticators = new List<IAuthenticator>();
            if (rest.UsersFile is { } users)
                authenticators.Add(new BasicAuthenticator(users, time, report));
            if (rest.Bearer is { } bearer)
                authenticators.Add(new BearerAuthenticator(bearer, time, report));
            return new AccessControl(authenticators, rest.OpenPaths, time, provider.GetRequiredService<ILogger<AccessControl>>());
        });
    }

    /// <summary>In the order in which a request passes them.</summary>
    public static void UseRestSurface(this WebApplication app, RestConfig rest)
    {
        if (rest.ResponseHeaders.Count > 0)
            UseResponseHeaders(app, rest.ResponseHeaders);
        if (rest.AdminListeners is not null)
            UsePlaces(app);
        // Before callers are asked who they are: a browser sends its question about other origins without credentials.
        if (rest.AllowedOrigins.Count > 0)
            app.UseCors();
        AccessControl.Use(app);
    }

    private static void UseResponseHeaders(WebApplication app, IReadOnlyList<ResponseHeader> headers)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.Use((context, next) =>
        {
            context.Response.OnStarting(() =>
            {
                foreach (var header in headers)
                    header.Apply(context.Response.Headers, time.GetUtcNow());
                return Task.CompletedTask;
            });
            return next(context);
        });
    }

    /// <summary>Each of <c>/admin</c> and the rest has listeners of its own, and is nowhere else.</summary>
    private static void UsePlaces(WebApplication app)
        => app.Use((context, next) =>
        {
            var isForAdmin = context.Features.Get<BoundListener>()?.IsForAdmin ?? false;
            if (context.Request.Path.StartsWithSegments(s_admin) == isForAdmin)
                return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
}
