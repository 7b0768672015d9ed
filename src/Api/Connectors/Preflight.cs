using Exports.Api.Requests;
using Exports.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Exports.Api.Connectors;

/// <summary>Checks a configuration; and the destination as well, where the request asks for it by <c>preflight=true</c>.</summary>
internal sealed class Preflight(ConnectorValidator validator, ApiOptions options)
{
    /// <summary>Checks a configuration.</summary>
    /// <exception cref="Errors.ApiException">The query parameter is neither true nor false (400).</exception>
    public Task<ConnectorValidation> ValidateAsync(Dictionary<string, string?> config, HttpRequest request)
        => QueryFlag.Read(request, "preflight")
            ? validator.ValidateWithDestinationAsync(config, options.PreflightTimeout, request.HttpContext.RequestAborted)
            : Task.FromResult(validator.Validate(config));
}
