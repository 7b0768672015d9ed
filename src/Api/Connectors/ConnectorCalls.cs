using Exports.Api.Errors;
using Exports.Grains;

namespace Exports.Api.Connectors;

/// <summary>Calls connectors, within the time limit of a request.</summary>
internal sealed class ConnectorCalls(IGrainFactory grains, ApiOptions options, TimeProvider time)
{
    /// <summary>Calls a connector.</summary>
    /// <param name="doing">What is being done, as the error says it: <c>creating</c>.</param>
    /// <param name="connector">The connector's name.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends the waiting, not the call.</param>
    /// <exception cref="ApiException">There was no answer in time (500). What was begun may still be done.</exception>
    public Task<T> CallAsync<T>(
        string doing, string connector, Func<IConnectorGrain, Task<T>> call, CancellationToken cancellationToken)
        // No grain has a key of white space alone, and no connector such a name.
        => string.IsNullOrWhiteSpace(connector)
            ? throw new ApiException(ErrorResponses.ConnectorNotFound(connector))
            : WithinLimitAsync($"{doing} connector {connector}", call(Connector(connector)), cancellationToken);

    /// <summary>The names of all connectors.</summary>
    /// <exception cref="ApiException">There was no answer in time (500).</exception>
    public Task<List<string>> ListAsync(CancellationToken cancellationToken)
        => WithinLimitAsync(
            "listing connectors", grains.GetGrain<IConnectorIndexGrain>(IConnectorIndexGrain.Key).ListAsync(), cancellationToken);

    /// <summary>The connector, for calls with a limit of their own.</summary>
    public IConnectorGrain Connector(string name) => grains.GetGrain<IConnectorGrain>(name);

    private async Task<T> WithinLimitAsync<T>(string stage, Task<T> call, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        try
        {
            return await call.WaitAsync(options.RequestTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new ApiException(ErrorResponses.TimedOut(stage, began));
        }
    }
}
