using Confluent.Kafka;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>Starts the pipelines of a worker, and owns what they share. Thread-safe.</summary>
public sealed partial class TaskPipelineFactory : ITaskPipelineFactory, IAsyncDisposable
{
    private const string RetryTimeout = "errors.retry.timeout";
    private const string BootstrapServers = "bootstrap.servers";

    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(5);

    private readonly PipelineOptions _options;
    private readonly PluginCatalog _plugins;
    private readonly ConfigResolver _resolver;
    private readonly KafkaAdmin _admin;
    private readonly IGroupOffsets _groupOffsets;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly WorkerParts _worker;

    /// <summary>Makes a factory.</summary>
    /// <param name="options">The worker's configuration.</param>
    /// <param name="plugins">The connectors, converters and transforms.</param>
    /// <param name="resolver">Replaces placeholders in configurations.</param>
    /// <param name="admin">The worker's administrative client.</param>
    /// <param name="groupOffsets">Where Kafka groups stand.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Makes loggers.</param>
    public TaskPipelineFactory(
        PipelineOptions options,
        PluginCatalog plugins,
        ConfigResolver resolver,
        KafkaAdmin admin,
        IGroupOffsets groupOffsets,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        _options = options;
        _plugins = plugins;
        _resolver = resolver;
        _admin = admin;
        _groupOffsets = groupOffsets;
        _loggers = loggers;
        _logger = loggers.CreateLogger<TaskPipelineFactory>();
        var budget = new BufferBudget(options.BufferBytes, options.TaskBufferBytes);
        _worker = new WorkerParts(options, new LaneSet(options, budget, time, loggers), budget, new DeadLetterProducers(loggers), time);
    }

    /// <summary>The number of lanes that are open.</summary>
    public int Lanes => _worker.Lanes.Count;

    /// <inheritdoc cref="LaneSet.Refusals"/>
    internal long Refusals => _worker.Lanes.Refusals;

    /// <summary>The number of dead letter producers that are open.</summary>
    internal int DeadLetterProducers => _worker.DeadLetters.Count;

    /// <summary>What all pipelines hold, in bytes.</summary>
    public long BytesBuffered => _worker.Budget.Used;

    private string? SourceBootstrapServers
        => _options.Consumer.GetValueOrDefault(BootstrapServers) ?? _options.Client.GetValueOrDefault(BootstrapServers);

    /// <inheritdoc/>
    public async Task<ITaskPipeline> StartAsync(TaskPipelineSpec spec, CancellationToken cancellationToken)
    {
        var resolved = _resolver.Resolve(spec.Config);
        foreach (var placeholder in resolved.Unresolved)
            Log.Unresolved(_logger, spec.Connector, spec.Task, placeholder.ToString());
        try
        {
            return await StartAsync(spec, resolved, cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectException e) when (resolved.Redact(e) is var safe && safe != e)
        {
            throw safe;
        }
    }

    /// <summary>Closes the lanes and the dead letter producers. Dispose of the pipelines first.</summary>
    public async ValueTask DisposeAsync()
    {
        await _worker.Lanes.DisposeAsync().ConfigureAwait(false);
        _worker.DeadLetters.Dispose();
    }

    private async Task<ITaskPipeline> StartAsync(TaskPipelineSpec spec, ResolvedConfig resolved, CancellationToken cancellationToken)
    {
        var config = new ConnectorConfig(resolved);
        _options.Overrides.Demand(resolved, ClientOverrideCheck.Prefixes(config.DeadLetterTopic is not null));
        var (laneSettings, positions) = ReadConsumerSettings(config);
        var conversion = RecordConversion.Create(_plugins, resolved, _options);
        var plugin = _plugins.FindConnector(config.ConnectorClass, config.ConnectorPluginVersion);
        var deadLetters = await DeadLetterQueue.OpenAsync(
            config, spec.Task, _worker, _admin, resolved.Redact, _loggers, cancellationToken).ConfigureAwait(false);
        var sink = plugin.CreateTask();
        var reporter = deadLetters is not null || config.LogsErrors ? new ErrantRecordReporter() : null;
        var statistics = new TaskStatistics(_worker.Time);
        var context = new SinkTaskContext(
            spec.Connector,
            spec.Task,
            resolved,
            new TaskLogger(_loggers.CreateLogger(sink.GetType().FullName!), spec, resolved.Redact),
            _worker.Time)
        {
            RetryTimeout = resolved.ContainsKey(RetryTimeout) ? config.RetryTimeout : null,
            RetryDelayMax = config.RetryDelayMax,
            ToleratesErrors = config.ToleratesErrors,
            OnRetry = statistics.Retried,
            OnTrouble = statistics.Failed,
            ErrantRecordReporter = reporter,
            SourceBootstrapServers = SourceBootstrapServers ?? "",
        };
        try
        {
            await sink.StartAsync(context, cancellationToken).ConfigureAwait(false);
            var logger = _loggers.CreateLogger<TaskPipeline>();
            var errors = new ErrorPolicy(
                config, resolved.ContainsKey(RetryTimeout), spec.Task, resolved.Redact, _worker.Time, logger);
            return new TaskPipeline(
                spec, sink, statistics, conversion, errors, deadLetters, reporter, _worker, laneSettings, positions, resolved.Redact, logger)
            {
                Watch = config.RestartsOnReload ? _resolver.Reload.Add(spec.Connector, resolved) : null,
            };
        }
        catch (Exception e)
        {
            await StopQuietlyAsync(sink).ConfigureAwait(false);
            deadLetters?.Dispose();
            if (e is ConnectException or OperationCanceledException)
                throw;
            throw new ConnectException($"The task {spec} did not start: {e.Message}", e);
        }
    }

    private (LaneSettings Lane, StartPositions Positions) ReadConsumerSettings(ConnectorConfig config)
    {
        var translated = ClientSettings.Translate(
            ClientRole.Consumer, _options.Client, _options.Consumer, config.ConsumerOverrides).Settings;
        RefuseOtherCluster(config);
        var reset = translated.GetValueOrDefault("auto.offset.reset") switch
        {
            "latest" => StartPositions.Reset.Latest,
            "error" => StartPositions.Reset.None,
            _ => StartPositions.Reset.Earliest,
        };
        var isolation = translated.GetValueOrDefault("isolation.level") == "read_committed"
            ? IsolationLevel.ReadCommitted
            : IsolationLevel.ReadUncommitted;
        return (
            new LaneSettings(translated, _options.GroupId),
            new StartPositions(_admin, _groupOffsets, new(config.GroupId, reset, isolation)));
    }

    private void RefuseOtherCluster(ConnectorConfig config)
    {
        if (!config.ConsumerOverrides.TryGetValue(BootstrapServers, out var servers))
            return;
        if (servers != SourceBootstrapServers)
        {
            throw new ConfigException(
                $"consumer.override.{BootstrapServers}", servers, "reading from another cluster than the worker's is not supported yet.");
        }
    }

    private async Task StopQuietlyAsync(SinkTask sink)
    {
        try
        {
            await sink.StopAsync().WaitAsync(s_stopTimeout, _worker.Time).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // why it did not start matters more
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nothing more can be done.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Connector}-{Task}: {Placeholder}")]
        public static partial void Unresolved(ILogger logger, string connector, int task, string placeholder);
    }
}
