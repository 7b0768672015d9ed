using Microsoft.AspNetCore.Http;

namespace Exports.Api.Security;

/// <summary>Which role a request needs.</summary>
internal static class AccessRules
{
    public static ApiRole RoleFor(HttpRequest request)
        => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || IsPlainValidation(request)
            ? ApiRole.ReadOnly
            : ApiRole.Admin;

    /// <summary>
    /// Whether a configuration is only looked at. With <c>preflight</c> the worker calls the address in it, with the
    /// worker's own rights, which is not reading.
    /// </summary>
    private static bool IsPlainValidation(HttpRequest request)
        => HttpMethods.IsPut(request.Method)
            && !request.Query.ContainsKey("preflight")
            && request.Path.Value?.TrimEnd('/').Split('/') is ["", var plugins, _, var config, var validate]
            && plugins.Equals("connector-plugins", StringComparison.OrdinalIgnoreCase)
            && config.Equals("config", StringComparison.OrdinalIgnoreCase)
            && validate.Equals("validate", StringComparison.OrdinalIgnoreCase);
}
