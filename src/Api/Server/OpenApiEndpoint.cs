using Exports.Api.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Server;

/// <summary>
/// The description of this API for programs. It is written by hand, in <c>openapi.json</c> beside this file; tests hold it against
/// the endpoints and their answers.
/// </summary>
internal static class OpenApiEndpoint
{
    private static readonly byte[] s_document = Read();

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapRead("/openapi.json", () => Results.Bytes(s_document, "application/json"));

    private static byte[] Read()
    {
        using var resource = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream("openapi.json")!;
        var document = new byte[resource.Length];
        resource.ReadExactly(document);
        return document;
    }
}
