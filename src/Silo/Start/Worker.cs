using System.Collections;
using System.Net;
using System.Reflection;
using Exports.Api.Security;
using Exports.Grains.Storage.Sqlite;
using Exports.Kafka.Client;
using Exports.Pipeline;
using Exports.Silo.Configuration;
using Exports.Silo.Engine;
using Exports.Silo.Lifetime;
using Exports.Silo.Rest;

namespace Exports.Silo.Start;

/// <summary>The worker as a program: from the command line to the exit code.</summary>
internal static partial class Worker
{
    private const int Clean = 0;
    private const int Failed = 1;
    private const int Misconfigured = 2;

    /// <summary>Runs a worker until a signal stops it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        using var signals = new StopSignals();
        if (!CommandLine.TryParse(arguments, out var commandLine, out var error))
            return Fail(Misconfigured, error, "", CommandLine.Usage);
        if (commandLine.Print == "--hash-password")
            return HashPassword();
        if (commandLine.Print is { } asked)
        {
            Console.Write(asked switch
            {
                "--keys" => KeyDocumentation.Render(),
                "--version" => Version + Environment.NewLine,
                _ => CommandLine.Usage + Environment.NewLine,
            });
            return Clean;
        }

        if (commandLine.HealthUrl is { } url)
            return await AskHealthAsync(url);

        WorkerConfig config;
        try
        {
            LibrdkafkaLoader.Load();
            config = WorkerConfig.Load(commandLine.File, Variables(), commandLine.Overrides);
        }
        catch (WorkerConfigException e)
        {
            return Misconfiguration(e.Errors);
        }
        catch (DllNotFoundException e)
        {
            return Fail(Failed, e.Message);
        }

        if (!commandLine.AsksHealth)
            return await RunAsync(config, signals.Asked);
        return HealthProbe.TryFindUrl(config.Listeners[0], out var own, out var why)
            ? await AskHealthAsync(own)
            : Fail(Misconfigured, why);
    }

    private static async Task<int> AskHealthAsync(Uri url)
        => await HealthProbe.FindTroubleAsync(url) is { } trouble ? Fail(Failed, trouble) : Clean;

    /// <summary>From standard input, so that the password stands in no list of processes and no history of commands.</summary>
    private static int HashPassword()
    {
        if (Console.ReadLine() is not { Length: > 0 } password)
            return Fail(Misconfigured, "--hash-password reads the password as one line from standard input; there was none");
        Console.WriteLine(PasswordHash.Create(password));
        return Clean;
    }

    private static async Task<int> RunAsync(WorkerConfig config, CancellationToken asked)
    {
        WebApplication? app = null;
        var started = false;
        try
        {
            app = WorkerHost.Build(config);
            List<string> errors = [.. WorkerConverters.FindErrors(app.Services.GetRequiredService<PluginCatalog>(), config.Pipeline)];
            if (errors.Count > 0)
                return Misconfiguration(errors);
            var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Exports.Worker");
            Greet(logger, config, app);
            await app.ReachStateAsync(config);
            await app.StartAsync(asked);
            started = true;
            Log.Started(logger);
            // It reads the topics as soon as it is there, so that a Kafka that cannot be reached is in the log before a connector needs it.
            if (config.RunsConnectors)
                app.Services.GetRequiredService<ITopicCatalog>();
            using var stop = asked.Register(() =>
            {
                Log.Stopping(
                    logger, config.ShutdownGrace.TotalSeconds, WorkerHost.ShutdownTimeout(config).TotalSeconds);
                app.Lifetime.StopApplication();
            });
            await app.WaitForShutdownAsync(CancellationToken.None);
            if (!asked.IsCancellationRequested)
                return Fail(Failed, "the worker stopped by itself; the log says why");
            Log.Stopped(logger);
            return Clean;
        }
        catch (OperationCanceledException) when (asked.IsCancellationRequested)
        {
            return started ? Fail(Failed, "the time to stop was over before everything had stopped; the log says what had not") : Clean;
        }
        catch (Exception e) when (e is WorkerStartException or SqliteStorageException or DllNotFoundException)
        {
            return Fail(Failed, e.Message);
        }
        catch (Exception e)
        {
            return Fail(Failed, "the worker failed:", e.ToString());
        }
        finally
        {
            if (app is not null)
                await app.DisposeAsync();
        }
    }

    internal static string Version
        => typeof(Worker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static void Greet(ILogger logger, WorkerConfig config, WebApplication app)
    {
        Log.Starting(logger, Version, WorkerHost.EngineName);
        Log.Where(logger, string.Join(", ", app.Services.GetRequiredService<BoundListeners>().All.Select(Describe)), string.Join(',', config.BootstrapServers),
            config.Cluster is { } cluster ? $"the Redis of {WorkerKeys.ClusterRedis}, cluster {cluster.Id}" : config.DataDir);
        if (config.FromEnvironment.Count > 0)
            Log.FromEnvironment(logger, string.Join(", ", config.FromEnvironment));
        if (config.NotNeeded.Count > 0)
            Log.NotNeeded(logger, string.Join(", ", config.NotNeeded));
        var reachable = app.Services.GetRequiredService<BoundListeners>().All
            .Where(bound => !bound.Listener.IsLoopback && !(bound.Listener.IsHttps && config.Rest.Tls is { RequiresClientCertificate: true }))
            .Select(Describe).ToList();
        if (reachable.Count > 0 && !config.Rest.IsGuarded)
            Log.Unguarded(logger, string.Join(", ", reachable), WorkerKeys.Authentication);
        foreach (var warning in config.Warnings)
            Log.ConfigurationWarning(logger, warning);
    }

    private static string Describe(BoundListener bound)
        => (bound.Listener.IsAny ? (bound.Listener with { Host = Dns.GetHostName() }) + " (all addresses)" : bound.Listener.ToString())
            + (bound.IsForAdmin ? " (/admin)" : "");

    private static int Misconfiguration(IEnumerable<string> errors)
        => Fail(Misconfigured, "the configuration cannot be used:", [.. errors.Select(line => "  " + line)]);

    private static int Fail(int exitCode, string message, params ReadOnlySpan<string> details)
    {
        // What was logged before comes out before.
        Console.Out.Flush();
        Console.Error.WriteLine($"exports: {message}");
        foreach (var line in details)
            Console.Error.WriteLine(line);
        return exitCode;
    }

    private static Dictionary<string, string> Variables()
        => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Exports {Version}, engine {Engine}")]
        public static partial void Starting(ILogger logger, string version, string engine);

        [LoggerMessage(2, LogLevel.Information, "REST API {Addresses}; Kafka {BootstrapServers}; state in {State}")]
        public static partial void Where(ILogger logger, string addresses, string bootstrapServers, string state);

        [LoggerMessage(3, LogLevel.Information, "From the environment: {Variables}")]
        public static partial void FromEnvironment(ILogger logger, string variables);

        [LoggerMessage(4, LogLevel.Information, "Not needed: {Keys}")]
        public static partial void NotNeeded(ILogger logger, string keys);

        [LoggerMessage(5, LogLevel.Warning, "{Warning}")]
        public static partial void ConfigurationWarning(ILogger logger, string warning);

        [LoggerMessage(9, LogLevel.Warning,
            "Whoever reaches {Addresses} may create connectors and read their configurations: nobody is asked who they are. See {Key}")]
        public static partial void Unguarded(ILogger logger, string addresses, string key);

        [LoggerMessage(6, LogLevel.Information, "Started")]
        public static partial void Started(ILogger logger);

        [LoggerMessage(7, LogLevel.Information,
            "Stopping: what is on its way has {Grace} s to be delivered; with destinations or a Kafka that do not answer it takes up to {Limit} s")]
        public static partial void Stopping(ILogger logger, double grace, double limit);

        [LoggerMessage(8, LogLevel.Information, "Stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
