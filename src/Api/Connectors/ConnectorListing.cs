using Microsoft.Extensions.Logging;

namespace Exports.Api.Connectors;

/// <summary>Lists all connectors with what is known of each, asking many at a time.</summary>
internal sealed partial class ConnectorListing(
    ConnectorCalls calls, StatusBodies statuses, ApiOptions options, TimeProvider time, ILogger<ConnectorListing> logger)
{
    /// <summary>
    /// All connectors by name. One that is deleted meanwhile is left out; one that does not tell its status in time is shown as
    /// UNASSIGNED, so that it does not hide the others.
    /// </summary>
    public async Task<Dictionary<string, ConnectorListingBody>> ExpandAsync(
        bool info, bool status, CancellationToken cancellationToken)
    {
        var names = await calls.ListAsync(cancellationToken);
        var entries = new ConnectorListingBody?[names.Count];
        await Parallel.ForAsync(
            0,
            names.Count,
            new ParallelOptions { MaxDegreeOfParallelism = options.ListingConcurrency, CancellationToken = cancellationToken },
            async (i, token) => entries[i] = await EntryAsync(names[i], info, status, token));

        var listing = new Dictionary<string, ConnectorListingBody>(names.Count, StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (entries[i] is { } entry)
                listing[names[i]] = entry;
        }
        return listing;
    }

    private async Task<ConnectorListingBody?> EntryAsync(string name, bool info, bool status, CancellationToken cancellationToken)
    {
        var infoCall = info ? calls.CallAsync("reading", name, c => c.GetInfoAsync(), cancellationToken) : null;
        var statusCall = status ? StatusAsync(name, cancellationToken) : null;
        var foundInfo = infoCall is null ? null : await infoCall;
        var foundStatus = statusCall is null ? null : await statusCall;
        return (info && foundInfo is null) || (status && foundStatus is null)
            ? null
            : new(foundInfo is null ? null : ConnectorInfoBody.From(foundInfo), foundStatus);
    }

    private async Task<ConnectorStatusBody?> StatusAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var status = await calls.Connector(name).GetStatusAsync().WaitAsync(options.ListingTimeout, time, cancellationToken);
            return status is null ? null : statuses.From(status);
        }
        catch (OrleansMessageRejectionException e)
        {
            Log.Gone(logger, name, e.Message.Split('\n')[0]);
            return StatusBodies.Unknown(name, "The worker of this connector is gone; another one brings it up.");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NoStatus(logger, name, e);
            return StatusBodies.Unknown(name, "The connector did not tell its status; the worker's log tells why.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Debug, "The worker of connector {Connector} did not answer for a listing: {Error}")]
        public static partial void Gone(ILogger logger, string connector, string error);

        [LoggerMessage(1, LogLevel.Warning, "Connector {Connector} did not tell its status for a listing")]
        public static partial void NoStatus(ILogger logger, string connector, Exception error);
    }
}
