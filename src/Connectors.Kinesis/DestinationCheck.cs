using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Connectors.Kinesis;

/// <summary>
/// Finds out whether a configuration could write: credentials, the permission to write, the stream and its state. Writes nothing.
/// </summary>
internal static class DestinationCheck
{
    // The answer to a first request may be that the clock is wrong, to a second one that a session has run out.
    private const int Tries = 3;

    private static readonly string[] s_writable = ["ACTIVE", "UPDATING"];

    /// <summary>Runs the check.</summary>
    /// <returns>Key and message of each error.</returns>
    public static async Task<IReadOnlyList<(string Key, string Message)>> RunAsync(
        IReadOnlyDictionary<string, string> given, CancellationToken cancellationToken)
    {
        var config = KinesisSinkConfig.Parse(
            given, given.GetValueOrDefault("name") ?? "check", Environment.GetEnvironmentVariable);
        var credentials = SharedCredentials.Join(config.CredentialsSettings);
        try
        {
            try
            {
                await credentials.GetAsync(NullLogger.Instance, cancellationToken);
            }
            catch (ConnectException e)
            {
                return [(KinesisKeys.RoleArn, e.Message)];
            }

            var client = new KinesisClient(
                config.Location, config.StreamName, credentials, config.Timeout, NullLogger.Instance, TimeProvider.System);
            return await AskAsync(client, config, cancellationToken);
        }
        finally
        {
            SharedCredentials.Leave(config.CredentialsSettings);
        }
    }

    private static async Task<IReadOnlyList<(string Key, string Message)>> AskAsync(
        KinesisClient client, KinesisSinkConfig config, CancellationToken cancellationToken)
    {
        try
        {
            await TryAsync(() => client.PutNowhereAsync(cancellationToken));
        }
        catch (Exception e) when (e is DataException or RecordsFailedException)
        {
            // The record is at fault, as it should be, and not the caller.
        }
        catch (ThrottledException)
        {
            // Who is asked to slow down may write.
        }
        catch (KinesisRefusalException e)
        {
            return [(e.Key, e.Message)];
        }
        catch (RetriableException e)
        {
            return [(KinesisKeys.Endpoint, e.Message)];
        }
        catch (ConnectException e)
        {
            return [(KinesisKeys.RoleArn, e.Message)];
        }

        try
        {
            StreamSummary? summary = null;
            await TryAsync(async () => summary = await client.DescribeStreamSummaryAsync(cancellationToken));
            return s_writable.Contains(summary!.Status, StringComparer.Ordinal)
                ? []
                : [(KinesisKeys.StreamName, $"The stream {config.StreamName} takes no records now: it is {summary.Status}.")];
        }
        catch (KinesisRefusalException e) when (e.IsAboutPermission)
        {
            // Writing does not ask for it; only the pace does.
            return config.RatePercent is null ? [] : [(KinesisKeys.RateLimit, e.Message)];
        }
        catch (KinesisRefusalException e)
        {
            return [(e.Key, e.Message)];
        }
        catch (ConnectException e)
        {
            return [(KinesisKeys.Endpoint, e.Message)];
        }
    }

    private static async Task TryAsync(Func<Task> request)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await request();
                return;
            }
            catch (RetriableException) when (attempt < Tries)
            {
                await Task.Yield();
            }
        }
    }
}
