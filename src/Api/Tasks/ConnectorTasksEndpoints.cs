using System.Globalization;
using Exports.Api.Connectors;
using Exports.Api.Errors;
using Exports.Api.Json;
using Exports.Api.Plugins;
using Exports.Api.Requests;
using Exports.Grains;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Tasks;

/// <summary>The tasks of a connector: list, status, restart.</summary>
internal static class ConnectorTasksEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/connectors/{name}/tasks", ListAsync);
        routes.MapRead("/connectors/{name}/tasks/{task}/status", GetStatusAsync);
        routes.MapPost("/connectors/{name}/tasks/{task}/restart", RestartAsync);
    }

    private static async Task<IResult> ListAsync(AddressedConnector connector, PluginInstances plugins)
    {
        var info = await connector.CallAsync("reading", c => c.GetInfoAsync());
        if (info is null)
            return ErrorResponses.ConnectorNotFound(connector.Name);
        var config = new Dictionary<string, string>(info.Config, StringComparer.Ordinal);
        if (config.TryGetValue("connector.class", out var connectorClass) && plugins.Find(connectorClass, config.GetValueOrDefault("connector.plugin.version")) is { } plugin)
            config["task.class"] = plugins.TaskClass(plugin);
        List<TaskInfoBody> tasks = [.. info.Tasks.Select(task => new TaskInfoBody(new(info.Name, task), config))];
        return ApiJson.Result(tasks, ApiJson.Context.ListTaskInfoBody);
    }

    private static async Task<IResult> GetStatusAsync(AddressedConnector connector, PathSegment task, StatusBodies statuses)
        => TryNumber(task, out var number)
            && await connector.CallAsync("reading the status of", c => c.GetStatusAsync()) is { } status
            && statuses.From(status, number) is { } found
                ? ApiJson.Result(found, ApiJson.Context.TaskStatusBody)
                : ErrorResponses.NoTaskStatus(connector.Name, task.Value);

    private static async Task<IResult> RestartAsync(AddressedConnector connector, PathSegment task)
    {
        if (!TryNumber(task, out var number))
            return ErrorResponses.UnknownTask(connector.Name, task.Value);
        return await connector.CallAsync("restarting a task of", c => c.RestartTaskAsync(number)) switch
        {
            RestartTaskResult.Restarting => Results.NoContent(),
            RestartTaskResult.UnknownConnector => ErrorResponses.UnknownForRestart(connector.Name),
            _ => ErrorResponses.UnknownTask(connector.Name, task.Value),
        };
    }

    private static bool TryNumber(PathSegment task, out int number)
        => int.TryParse(task.Value, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
