using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Kinesis;

/// <summary>
/// Holds credentials and renews them: in the background while the old ones still serve, one request at a time. Only use
/// renews them, so what is idle asks for nothing. Thread-safe.
/// </summary>
internal sealed partial class RenewingCredentials(ICredentialsOrigin origin, TimeProvider time)
{
    /// <summary>How long an origin may take.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    /// <summary>How long to wait after a renewal failed, while the old ones serve.</summary>
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Held? _held;
    private Task<AwsCredentials>? _renewal;

    /// <summary>Credentials to sign with now.</summary>
    /// <param name="logger">Where it is said that a renewal in the background failed.</param>
    /// <param name="cancellationToken">Cancelled when the caller does not wait any longer; others may still.</param>
    /// <exception cref="RetriableException">There are none now.</exception>
    /// <exception cref="ConnectException">There are none; the message says what to do.</exception>
    public ValueTask<AwsCredentials> GetAsync(ILogger logger, CancellationToken cancellationToken)
    {
        var held = Volatile.Read(ref _held);
        var now = time.GetTimestamp();
        if (held is null || now >= held.UsableUntil)
            return new(Renew(refused: null).WaitAsync(cancellationToken));
        if (now >= Volatile.Read(ref held.RenewFrom))
            _ = RenewInBackgroundAsync(held, logger);
        return new(held.Credentials);
    }

    /// <summary>Newer credentials than those, which the destination has refused.</summary>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public Task<AwsCredentials> ReplaceAsync(AwsCredentials refused, CancellationToken cancellationToken)
        => Renew(refused).WaitAsync(cancellationToken);

    private async Task RenewInBackgroundAsync(Held held, ILogger logger)
    {
        Task<AwsCredentials> renewal;
        lock (_lock)
        {
            if (_renewal is not null || _held != held || time.GetTimestamp() < held.RenewFrom)
                return;
            Volatile.Write(ref held.RenewFrom, After(s_retryDelay));
            renewal = Start(refused: false);
        }

        try
        {
            await renewal;
        }
        catch (Exception e)
        {
            // Nobody waits for this renewal; whoever needs the next one is told.
            Log.NotRenewed(logger, e.Message);
        }
    }

    private Task<AwsCredentials> Renew(AwsCredentials? refused)
    {
        lock (_lock)
        {
            if (_renewal is { } underWay)
                return underWay;
            // Whoever was refused with older ones than these finds that they were replaced meanwhile.
            if (_held is { } held && time.GetTimestamp() < held.UsableUntil && refused?.IsSameAs(held.Credentials) != true)
                return Task.FromResult(held.Credentials);
            return Start(refused is not null);
        }
    }

    /// <summary>Called under the lock.</summary>
    private Task<AwsCredentials> Start(bool refused)
    {
        // On a thread of its own account, because it may complete at once, and would then end before it is remembered.
        _renewal = Task.Run(() => RenewAsync(refused));
        return _renewal;
    }

    private async Task<AwsCredentials> RenewAsync(bool refused)
    {
        try
        {
            using var timeout = new CancellationTokenSource(s_timeout, time);
            // An origin may not heed the token everywhere, and must not hang a task.
            var loaded = await origin.LoadAsync(refused, timeout.Token).WaitAsync(timeout.Token);
            var held = new Held(loaded.Credentials)
            {
                RenewFrom = After(loaded.RenewAfter),
                UsableUntil = loaded.UsableFor is { } usable ? After(usable) : long.MaxValue,
            };
            Volatile.Write(ref _held, held);
            return loaded.Credentials;
        }
        catch (OperationCanceledException e)
        {
            throw new RetriableException($"No AWS credentials were given within {s_timeout.TotalSeconds:0} s.", e) { Cause = ErrorCause.Credentials };
        }
        finally
        {
            lock (_lock)
                _renewal = null;
        }
    }

    private long After(TimeSpan delay) => time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);

    private sealed class Held(AwsCredentials credentials)
    {
        public long RenewFrom;

        public AwsCredentials Credentials => credentials;

        public required long UsableUntil { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "AWS credentials were not renewed; the old ones serve until they run out: {Reason}")]
        public static partial void NotRenewed(ILogger logger, string reason);
    }
}
