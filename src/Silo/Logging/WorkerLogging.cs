using Exports.Api.Loggers;
using Exports.Silo.Configuration;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Exports.Silo.Logging;

/// <summary>Sets up logging to standard output.</summary>
internal static class WorkerLogging
{
    /// <summary>Categories that report their routine as information; what they warn of is still logged.</summary>
    private static readonly string[] s_chatty = ["Microsoft", "Orleans", "System"];

    /// <summary>
    /// Categories of Orleans that warn of what is meant to be: a garbage collector that keeps memory small; on machines that were busy
    /// at the start, how late a check came; and each grain that was looked for in a worker that is gone, with a stack.
    /// </summary>
    private static readonly string[] s_needless = ["Orleans.Runtime.Silo", "Orleans.Runtime.Watchdog", "Polly"];

    public static void AddWorkerLogging(this ILoggingBuilder logging, WorkerConfig config)
    {
        logging.AddConsole(options => options.FormatterName
            = config.LogFormat == LogFormat.Json ? JsonFormatter.FormatterName : LineFormatter.FormatterName);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        logging.AddConsoleFormatter<JsonFormatter, ConsoleFormatterOptions>();
        logging.SetMinimumLevel(config.LogLevel);
        if (config.LogLevel is LogLevel.Information)
        {
            foreach (var category in s_chatty)
                logging.AddFilter(category, LogLevel.Warning);
            foreach (var category in s_needless)
                logging.AddFilter(category, LogLevel.Error);
        }

        // Why the worker does not start is said once, in a line of its own.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        foreach (var (category, level) in config.LogLevels)
            logging.AddFilter(category, level);

        // Behind all others: where two rules are for the same name, the last one counts.
        logging.Services.AddSingleton(provider => new LoggerLevels(config, provider.GetRequiredService<TimeProvider>()));
        logging.Services.AddSingleton<ILoggerLevels>(provider => provider.GetRequiredService<LoggerLevels>());
        logging.Services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<LoggerLevels>());
        logging.Services.AddSingleton<IConfigureOptions<LoggerFilterOptions>>(provider => provider.GetRequiredService<LoggerLevels>());
        logging.Services.AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(
            provider => provider.GetRequiredService<LoggerLevels>());
    }
}
