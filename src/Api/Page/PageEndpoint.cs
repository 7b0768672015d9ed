using Exports.Api.Errors;
using Exports.Api.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Page;

/// <summary>
/// The operators' web page at <c>/ui</c>: files that hold no data, which anybody may read; what they show they ask the REST API for, with
/// the credentials of whoever looks.
/// </summary>
public static class PageEndpoint
{
    /// <summary>Where the page is.</summary>
    public const string Root = "/ui";

    private const string Start = "index.html";

    // Nothing from elsewhere, nothing inline, no frames, no forms: a configuration that somebody made up cannot run as a script.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Maps the page.</summary>
    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        // Relative, so that it leads to the same place behind a proxy that adds to the path.
        routes.MapRead(Root, (HttpRequest request) => request.Path.Value!.EndsWith('/') ? File(request.HttpContext, Start) : Results.Redirect("ui/"));
        routes.MapRead(Root + "/{file}", (HttpContext context, string file) => File(context, file));
    }

    /// <summary>Whether a request asks for nothing but the page's files.</summary>
    internal static bool IsFor(HttpRequest request)
        => (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && request.Path.StartsWithSegments(Root, StringComparison.Ordinal);

    private static IResult File(HttpContext context, string name)
    {
        if (!PageFile.All.TryGetValue(name, out var file))
            return ErrorResponses.NoPage(name);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // Asked for each time, and answered with 304 until the worker is another version.
        headers.CacheControl = "no-cache";
        return Results.Bytes(file.Content, file.ContentType, entityTag: new(file.Tag));
    }
}
