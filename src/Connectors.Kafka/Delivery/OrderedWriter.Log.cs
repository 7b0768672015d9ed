using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Kafka;

/// <content>What is logged.</content>
internal sealed partial class OrderedWriter
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Opened a producer for {Servers}.")]
        public static partial void Opened(ILogger logger, string servers);

        [LoggerMessage(2, LogLevel.Debug, "Closed the producer: there was nothing to write for a while.")]
        public static partial void Closed(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "The target's client reports: {Error}")]
        public static partial void ClientError(ILogger logger, string error);

        [LoggerMessage(4, LogLevel.Debug, "librdkafka (severity {Severity}, {Facility}): {Text}")]
        public static partial void ClientLog(ILogger logger, int severity, string facility, string text);

        [LoggerMessage(5, LogLevel.Warning, "What is not delivered yet is sent again, in order, by a new producer: {Error}")]
        public static partial void SendingAgain(ILogger logger, string error);

        [LoggerMessage(6, LogLevel.Warning,
            "The target refused a set of {Records} records, {Bytes} bytes, for its size. Sets have at most {Limit} bytes now.")]
        public static partial void SmallerSets(ILogger logger, int records, int bytes, int limit);

        [LoggerMessage(7, LogLevel.Warning, "The target's client takes its time to close; it goes on in the background.")]
        public static partial void StillClosing(ILogger logger);
    }
}
