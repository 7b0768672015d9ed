using System.Globalization;
using Confluent.Kafka;
using Exports.Demo.Destinations;
using Exports.Demo.Events;
using Exports.Kafka.Client;
using Exports.Silo;
using Exports.Silo.Configuration;

namespace Exports.Demo.Run;

/// <summary>
/// One start of the demo: the embedded Kafka, the worker and its two connectors, the feed, and a look at both destinations.
/// </summary>
internal sealed class DemoRun : IDisposable
{
    private const string SourceTopic = "demo-event-stream-export";
    private const string TargetTopic = "demo-event-stream-export-copy";
    private const int Partitions = 6;

    /// <summary>How long nothing may arrive before the rest is given up.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>How long after the start latency is no part of the summary: code is being compiled, connections are made.</summary>
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(2);

    private readonly DemoOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationToken _interrupted;
    private readonly History _history;
    private readonly EventSource _source;
    private readonly EmbeddedKafka _kafka;
    private readonly string _file;
    private readonly FileDestination _fileDestination;
    private readonly TopicDestination _topicDestination;
    private readonly TopicFeed _feed;
    private readonly long _first;

    private DemoRun(DemoOptions options, TimeProvider time, CancellationToken interrupted)
    {
        _options = options;
        _time = time;
        _interrupted = interrupted;
        _history = History.Open(Path.Combine(options.Directory, "history.json"), Partitions);
        _first = _history.Reserved;
        _source = new(_history.Seed, Partitions);
        _kafka = EmbeddedKafka.Start(1, (SourceTopic, Partitions), (TargetTopic, Partitions));
        _file = Path.Combine(options.Directory, "files", "events.jsonl");
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        _fileDestination = new(_file, EventReader.TryRead, _source.PartitionOf, Partitions);
        _topicDestination = new(
            TargetTopic, _kafka.BootstrapServers, EventReader.TryRead, _first, _source.PartitionOf, Partitions, time,
            TimeSpan.FromMilliseconds(1));
        _feed = new(_kafka.BootstrapServers, SourceTopic, _history, [_fileDestination.Backlog, _topicDestination.Backlog], time);
    }

    /// <summary>Runs the demo.</summary>
    /// <returns>The exit code: 0 when every event has arrived.</returns>
    public static async Task<int> RunAsync(DemoOptions options, TimeProvider time, CancellationToken interrupted)
    {
        try
        {
            System.IO.Directory.CreateDirectory(options.Directory);
            using var mine = Lock(options.Directory);
            using var run = new DemoRun(options, time, interrupted);
            return await run.RunAsync();
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            Console.WriteLine("Stopped before it had begun.");
            return 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or WorkerStartException
            or WorkerConfigException or HttpRequestException or KafkaException or DllNotFoundException)
        {
            Console.Error.WriteLine($"demo: {e.Message}");
            return 1;
        }
    }

    public void Dispose()
    {
        _feed.Dispose();
        _topicDestination.Dispose();
        _source.Dispose();
        _kafka.Dispose();
    }

    private async Task<int> RunAsync()
    {
        if (_first > 0)
        {
            Console.WriteLine($"Carrying on: making the topic with {Number(_first)} events of earlier starts again …");
            _feed.Recreate(done => Console.WriteLine($"  {Number(done)} of {Number(_first)} events"));
        }

        Environment.SetEnvironmentVariable(DemoConnectors.KafkaVariable, _kafka.BootstrapServers);
        await using (new Watcher(_fileDestination, _topicDestination))
        await using (var worker = WorkerHost.Build(WorkerConfig.From(WorkerSettings())))
        {
            try
            {
                await worker.StartAsync(_interrupted);
                await UseAsync(WorkerHost.AddressOf(worker));
            }
            finally
            {
                // It flushes and commits before the file is read back.
                await worker.StopAsync(CancellationToken.None);
            }
        }

        var summary = new Summary();
        summary.Add("file", _fileDestination.ReadBack(), 0, _feed.Next);
        summary.Add("topic", _topicDestination.Check, _first, _feed.Next);
        summary.Print(_topicDestination.Latency, s_settling);
        return summary.IsWhole ? 0 : 1;
    }

    private async Task UseAsync(Uri rest)
    {
        using var connectors = new DemoConnectors(rest);
        await connectors.CreateAsync(SourceTopic, _file, TargetTopic, _interrupted);
        await UntilAsync("connectors that are RUNNING", () => connectors.AreRunningAsync(_interrupted));
        Greet(rest);
        if (_first > 0)
            await CatchUpAsync(connectors);
        await FeedAsync();
        await DrainAsync();
    }

    private Dictionary<string, string> WorkerSettings() => new()
    {
        ["bootstrap.servers"] = _kafka.BootstrapServers,
        ["group.id"] = "exports-demo",
        ["listeners"] = $"http://127.0.0.1:{_options.Port}",
        ["data.dir"] = Path.Combine(_options.Directory, "worker"),
        // What a kill in between may bring twice stays within what the embedded Kafka keeps.
        ["offset.flush.interval.ms"] = "1000",
        ["config.providers"] = "env",
        ["config.providers.env.class"] = "EnvVarConfigProvider",
        // The embedded Kafka lets an empty fetch wait all of this time, even if data arrives.
        ["consumer.fetch.max.wait.ms"] = "1",
        ["log.level"] = "WARN",
        // Advice for servers, not for a demo.
        ["log.level.Orleans.Runtime.Silo"] = "ERROR",
        ["log.level.Orleans.Runtime.Watchdog"] = "ERROR",
    };

    private void Greet(Uri rest)
    {
        var at = rest.ToString().TrimEnd('/');
        Console.WriteLine(
            $"""

            Kafka in memory   {_kafka.BootstrapServers}
            Topic             {SourceTopic}, {Partitions} partitions, {Number(_options.Rate)} events a second
            Worker            {at}   (engine: {WorkerHost.EngineName})
            {DemoConnectors.ToFile,-17} {_file}
            {DemoConnectors.ToTopic,-17} topic {TargetTopic}, 6 tasks
            State             {_options.Directory}; the next start carries on from there

            Try, in another terminal:
              curl '{at}/connectors?expand=status'
              curl -X PUT {at}/connectors/{DemoConnectors.ToTopic}/pause
              curl -X PUT {at}/connectors/{DemoConnectors.ToTopic}/resume
              tail -n 3 {_file}

            {(_options.For is { } time ? $"Ends by itself after {time.TotalSeconds:N0} s." : "Ctrl-C stops it.")}

            """);
    }

    /// <summary>What the start before has left must be delivered before there is more: the embedded Kafka has little room.</summary>
    private async Task CatchUpAsync(DemoConnectors connectors)
    {
        var ends = new long[Partitions];
        for (var sequence = 0L; sequence < _first; sequence++)
            ends[_source.PartitionOf(sequence)]++;
        await UntilAsync("the connectors to deliver what the last start has left", async () =>
        {
            foreach (var name in new[] { DemoConnectors.ToFile, DemoConnectors.ToTopic })
            {
                var offsets = await connectors.OffsetsAsync(name, _interrupted);
                for (var partition = 0; partition < Partitions; partition++)
                {
                    if (ends[partition] > 0 && offsets.GetValueOrDefault(partition) < ends[partition])
                        return false;
                }
            }

            return true;
        });
    }

    private async Task FeedAsync()
    {
        var start = EventTime.Now(_time);
        _history.Begin(start, _options.Rate);
        _topicDestination.SettledAt = start + (long)s_settling.TotalMicroseconds;
        Reserve();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_interrupted);
        if (_options.For is { } duration)
            stop.CancelAfter(duration);
        var feeding = Task.Factory.StartNew(
            () => _feed.Run(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var line = new LiveLine(_feed, _fileDestination, _topicDestination, _time);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token) && !feeding.IsCompleted)
            {
                Reserve();
                Console.WriteLine(line.Next());
            }
        }
        catch (OperationCanceledException)
        {
        }

        await feeding;
        _history.Reserve(_feed.Next);

        void Reserve()
        {
            var limit = _feed.Next + 3L * _options.Rate;
            _history.Reserve(limit);
            _feed.Allow(limit);
        }
    }

    /// <summary>Waits until everything has arrived, or until nothing has for a while.</summary>
    private async Task DrainAsync()
    {
        if (_interrupted.IsCancellationRequested)
            Console.WriteLine("Stopping; Ctrl-C once more ends it at once.");
        var (before, since) = (Waiting(), _time.GetTimestamp());
        while (before > 0 && _time.GetElapsedTime(since) < s_patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time);
            if (Waiting() is var now && now < before)
                (before, since) = (now, _time.GetTimestamp());
        }

        if (before > 0)
            Console.WriteLine($"Nothing has arrived for {s_patience.TotalSeconds:F0} s; giving up.");

        long Waiting() => _fileDestination.Backlog.Count + _topicDestination.Backlog.Count;
    }

    private static FileStream Lock(string directory)
    {
        try
        {
            return new(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"{directory} is used by another demo, or cannot be written ({e.Message}) --data-dir names another one.", e);
        }
    }

    private async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        var since = _time.GetTimestamp();
        while (!await condition())
        {
            if (_time.GetElapsedTime(since) > s_patience)
            {
                Console.WriteLine($"Waited {s_patience.TotalSeconds:F0} s in vain for {what}; going on. Their status tells more.");
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), _time, _interrupted);
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
