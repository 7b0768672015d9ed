using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Errors;

/// <summary>The API's errors for what an application serves beside the API.</summary>
public static class ApiErrors
{
    /// <summary>404 with the API's body.</summary>
    public static IResult NotFound(string message) => ErrorResponses.Error(StatusCodes.Status404NotFound, message);

    /// <summary>Gives errors of a group of endpoints the API's body, those that it throws included.</summary>
    public static RouteGroupBuilder WithApiErrors(this RouteGroupBuilder group)
        => group.AddEndpointFilter<ErrorFilter>().AddEndpointFilter<ForeignErrors>();
}
