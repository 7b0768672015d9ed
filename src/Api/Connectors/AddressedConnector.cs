using System.Reflection;
using Exports.Api.Requests;
using Exports.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Exports.Api.Connectors;

/// <summary>The connector that a request's path names, whether it exists or not.</summary>
internal sealed class AddressedConnector(string name, ConnectorCalls calls, CancellationToken requestAborted)
    : IBindableFromHttpContext<AddressedConnector>
{
    public string Name => name;

    /// <summary>Called by the framework.</summary>
    public static ValueTask<AddressedConnector?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var name = PathSegment.From((string?)context.Request.RouteValues["name"]).Value;
        var calls = context.RequestServices.GetRequiredService<ConnectorCalls>();
        return new(new AddressedConnector(name, calls, context.RequestAborted));
    }

    /// <inheritdoc cref="ConnectorCalls.CallAsync"/>
    public Task<T> CallAsync<T>(string doing, Func<IConnectorGrain, Task<T>> call)
        => calls.CallAsync(doing, name, call, requestAborted);
}
