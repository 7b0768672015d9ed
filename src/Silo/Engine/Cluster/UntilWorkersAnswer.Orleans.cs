using Exports.Silo.Configuration;

namespace Exports.Silo.Engine.Cluster;

/// <summary>Has a process without connectors wait for its cluster's workers, whichever starts first.</summary>
internal sealed partial class UntilWorkersAnswer(RedisConnection redis, TimeProvider time, ILogger<UntilWorkersAnswer> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private bool _isSaid;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (!_isSaid)
            Log.Waits(logger, redis.ClusterId, WorkerKeys.ClusterGatewayPort, exception.Message);
        _isSaid = true;
        await Task.Delay(s_pause, time, cancellationToken);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "No worker of the cluster {Cluster} can be reached at its {Key}; requests wait until one can: {Error}")]
        public static partial void Waits(ILogger logger, string cluster, string key, string error);
    }
}
