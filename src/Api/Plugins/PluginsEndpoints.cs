using Exports.Api.Connectors;
using Exports.Api.Errors;
using Exports.Api.Json;
using Exports.Api.Requests;
using Exports.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Plugins;

/// <summary>The plugins of this worker, and checking configurations for them.</summary>
internal static class PluginsEndpoints
{
    private const string ConnectorSuffix = "Connector";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/connector-plugins", List);
        routes.MapRead("/connector-plugins/{plugin}/config", GetConfig);
        routes.MapPut("/connector-plugins/{plugin}/config/validate", ValidateAsync);
    }

    private static IResult List(HttpRequest request, PluginCatalog catalog)
    {
        var connectorsOnly = QueryFlag.Read(request, "connectorsOnly", absent: true);
        List<PluginInfoBody> plugins =
        [
            .. catalog.Plugins.Where(plugin => !connectorsOnly || plugin.Type == PluginType.Sink).Select(PluginInfoBody.From),
        ];
        return ApiJson.Result(plugins, ApiJson.Context.ListPluginInfoBody);
    }

    private static IResult GetConfig(PathSegment plugin, HttpRequest request, PluginCatalog catalog)
    {
        if (catalog.FindKeys(plugin.Value, request.Query["version"]) is { } keys)
            return ApiJson.Result(ConfigKeyBody.InGroups(keys), ApiJson.Context.ListConfigKeyBody);
        return catalog.HasClass(plugin.Value) ? ErrorResponses.InvalidPlugin(plugin.Value) : ErrorResponses.UnknownPlugin(plugin.Value);
    }

    private static async Task<IResult> ValidateAsync(
        PathSegment plugin, HttpRequest request, Preflight preflight, PluginInstances plugins, ApiOptions options)
    {
        var config = await JsonBody.ReadAsync(request, options.MaxRequestBodyBytes, ConfigBody.Parse);
        if (config.GetValueOrDefault("connector.class") is { } connectorClass && !IsSame(plugins, connectorClass, plugin.Value))
            return ErrorResponses.TypeMismatch(connectorClass, plugin.Value);
        return ApiJson.Result(ConfigInfosBody.From(await preflight.ValidateAsync(config, request)), ApiJson.Context.ConfigInfosBody);
    }

    private static bool IsSame(PluginInstances plugins, string connectorClass, string plugin)
        => WithoutSuffix(connectorClass).EndsWith(WithoutSuffix(plugin), StringComparison.Ordinal)
            || (plugins.Find(connectorClass) is { } found && ReferenceEquals(found, plugins.Find(plugin)));

    private static string WithoutSuffix(string name)
        => name.Length > ConnectorSuffix.Length && name.EndsWith(ConnectorSuffix, StringComparison.Ordinal)
            ? name[..^ConnectorSuffix.Length]
            : name;
}
