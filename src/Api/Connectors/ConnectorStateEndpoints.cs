using Exports.Api.Errors;
using Exports.Api.Json;
using Exports.Api.Requests;
using Exports.Grains;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Connectors;

/// <summary>What a connector is doing, and what it shall do: status, pause, resume, stop, restart.</summary>
internal static class ConnectorStateEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/connectors/{name}/status", GetStatusAsync);
        routes.MapPut("/connectors/{name}/pause", PauseAsync);
        routes.MapPut("/connectors/{name}/resume", ResumeAsync);
        routes.MapPut("/connectors/{name}/stop", StopAsync);
        routes.MapPost("/connectors/{name}/restart", RestartAsync);
    }

    private static async Task<IResult> GetStatusAsync(AddressedConnector connector, StatusBodies statuses)
        => await connector.CallAsync("reading the status of", c => c.GetStatusAsync()) is { } status
            ? ApiJson.Result(statuses.From(status), ApiJson.Context.ConnectorStatusBody)
            : ErrorResponses.NoStatus(connector.Name);

    private static Task<IResult> PauseAsync(AddressedConnector connector)
        => SetTargetAsync("pausing", connector, TargetState.Paused, StatusCodes.Status202Accepted);

    private static Task<IResult> ResumeAsync(AddressedConnector connector)
        => SetTargetAsync("resuming", connector, TargetState.Running, StatusCodes.Status202Accepted);

    private static Task<IResult> StopAsync(AddressedConnector connector)
        => SetTargetAsync("stopping", connector, TargetState.Stopped, StatusCodes.Status204NoContent);

    private static async Task<IResult> SetTargetAsync(string doing, AddressedConnector connector, TargetState target, int success)
        => await connector.CallAsync(doing, c => c.SetTargetStateAsync(target))
            ? Results.StatusCode(success)
            : ErrorResponses.UnknownForTargetState(connector.Name);

    private static async Task<IResult> RestartAsync(AddressedConnector connector, HttpRequest request, StatusBodies statuses)
    {
        var includeTasks = QueryFlag.Read(request, "includeTasks");
        var onlyFailed = QueryFlag.Read(request, "onlyFailed");
        var status = await connector.CallAsync("restarting", c => c.RestartAsync(includeTasks, onlyFailed));
        if (status is null)
            return ErrorResponses.UnknownForRestart(connector.Name);
        return includeTasks || onlyFailed
            ? ApiJson.Result(statuses.From(status), ApiJson.Context.ConnectorStatusBody, StatusCodes.Status202Accepted)
            : Results.NoContent();
    }
}
