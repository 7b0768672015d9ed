using Exports.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace Exports.Api.Requests;

/// <summary>Reads a query parameter that is true or false.</summary>
internal static class QueryFlag
{
    /// <summary>The value of the parameter, or the default when it is not given.</summary>
    /// <exception cref="ApiException">It is neither true nor false (400).</exception>
    public static bool Read(HttpRequest request, string name, bool absent = false)
    {
        var values = request.Query[name];
        if (values.Count == 0)
            return absent;
        if (bool.TryParse(values[0], out var value))
            return value;
        throw ApiException.BadRequest($"Invalid value '{values[0]}' for query parameter '{name}': must be true or false");
    }
}
