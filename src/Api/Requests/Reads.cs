using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Requests;

/// <summary>Maps what is read.</summary>
internal static class Reads
{
    private static readonly string[] s_methods = ["GET", "HEAD"];

    /// <summary>Maps GET, and HEAD, which gives the same without the body.</summary>
    public static void MapRead(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, Delegate handler)
        => routes.MapMethods(pattern, s_methods, handler);
}
