using Exports.Api.Errors;
using Exports.Api.Json;
using Exports.Api.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Connectors;

/// <summary>Connectors and their configurations: list, create, read, replace, delete.</summary>
internal static class ConnectorsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/connectors", ListAsync);
        routes.MapPost("/connectors", CreateAsync);
        routes.MapRead("/connectors/{name}", GetAsync);
        routes.MapDelete("/connectors/{name}", DeleteAsync);
        routes.MapRead("/connectors/{name}/config", GetConfigAsync);
        routes.MapPut("/connectors/{name}/config", PutConfigAsync);
        routes.MapPatch("/connectors/{name}/config", PatchConfigAsync);
    }

    private static async Task<IResult> ListAsync(
        HttpRequest request, ConnectorCalls calls, ConnectorListing listing, CancellationToken cancellationToken)
    {
        if (!request.Query.TryGetValue("expand", out var expand))
            return ApiJson.Result(await calls.ListAsync(cancellationToken), ApiJson.Context.ListString);
        var connectors = await listing.ExpandAsync(expand.Contains("info"), expand.Contains("status"), cancellationToken);
        return ApiJson.Result(connectors, ApiJson.Context.DictionaryStringConnectorListingBody);
    }

    private static async Task<IResult> CreateAsync(
        HttpRequest request, ConnectorCalls calls, ConfigCheck check, ApiOptions options, CancellationToken cancellationToken)
    {
        var (name, givenConfig, initialState, initialOffsets) =
            await JsonBody.ReadAsync(request, options.MaxRequestBodyBytes, CreateConnectorRequest.Parse);
        var config = await check.CheckAsync(name, givenConfig, request);
        var created = await calls.CallAsync("creating", name, c => c.CreateAsync(config, initialState, initialOffsets), cancellationToken);
        return (created.Info, created.InitialOffsets) switch
        {
            ({ } info, { } offsets) => Created(
                request, ConnectorInfoBody.From(info) with { OffsetsStatus = OffsetsChange.Altered.Success(offsets.Outcome) }),
            ({ } info, null) => Created(request, ConnectorInfoBody.From(info)),
            (null, { } failed) => OffsetsChange.Altered.ErrorOf(name, failed)!,
            _ => ErrorResponses.AlreadyExists(name),
        };
    }

    private static async Task<IResult> GetAsync(AddressedConnector connector)
        => await connector.CallAsync("reading", c => c.GetInfoAsync()) is { } info
            ? ApiJson.Result(ConnectorInfoBody.From(info), ApiJson.Context.ConnectorInfoBody)
            : ErrorResponses.ConnectorNotFound(connector.Name);

    private static async Task<IResult> DeleteAsync(AddressedConnector connector)
        => await connector.CallAsync("deleting", c => c.DeleteAsync())
            ? Results.NoContent()
            : ErrorResponses.ConnectorNotFound(connector.Name);

    private static async Task<IResult> GetConfigAsync(AddressedConnector connector)
        => await connector.CallAsync("reading", c => c.GetInfoAsync()) is { } info
            ? ApiJson.Result(info.Config, ApiJson.Context.DictionaryStringString)
            : ErrorResponses.ConnectorNotFound(connector.Name);

    private static async Task<IResult> PutConfigAsync(
        AddressedConnector connector, HttpRequest request, ConfigCheck check, ApiOptions options)
    {
        var givenConfig = await JsonBody.ReadAsync(request, options.MaxRequestBodyBytes, ConfigBody.Parse);
        var config = await check.CheckAsync(connector.Name, givenConfig, request);
        var result = await connector.CallAsync("configuring", c => c.PutConfigAsync(config));
        var info = ConnectorInfoBody.From(result.Info);
        return result.Created ? Created(request, info) : ApiJson.Result(info, ApiJson.Context.ConnectorInfoBody);
    }

    /// <summary>Changes single keys; null removes one. Whoever else changes the configuration meanwhile loses nothing by it.</summary>
    private static async Task<IResult> PatchConfigAsync(
        AddressedConnector connector, HttpRequest request, ConfigCheck check, ApiOptions options)
    {
        var patch = await JsonBody.ReadAsync(request, options.MaxRequestBodyBytes, ConfigBody.Parse);
        while (await connector.CallAsync("reading", c => c.GetInfoAsync()) is { } read)
        {
            // The path's name counts, whatever the patch says.
            Dictionary<string, string?> patched = new(StringComparer.Ordinal);
            foreach (var (key, value) in read.Config)
                patched[key] = value;
            foreach (var (key, value) in patch.Where(entry => entry.Key != "name"))
                patched[key] = value;
            foreach (var key in patch.Where(entry => entry.Value is null).Select(entry => entry.Key))
                patched.Remove(key);
            var config = await check.CheckAsync(connector.Name, patched, request);
            var result = await connector.CallAsync("configuring", c => c.ReplaceConfigAsync(read.Config, config));
            if (result is { Replaced: true })
                return ApiJson.Result(ConnectorInfoBody.From(result.Info), ApiJson.Context.ConnectorInfoBody);
        }

        return ErrorResponses.ConnectorNotFound(connector.Name);
    }

    private static IResult Created(HttpRequest request, ConnectorInfoBody info)
    {
        request.HttpContext.Response.Headers.Location = $"{request.PathBase}/connectors/{Uri.EscapeDataString(info.Name)}";
        return ApiJson.Result(info, ApiJson.Context.ConnectorInfoBody, StatusCodes.Status201Created);
    }
}
