using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>A producer that the dead letter queues of several tasks share. Thread-safe.</summary>
internal sealed partial class DeadLetterProducer
{
    private readonly Action<DeadLetterProducer> _return;
    private volatile bool _hasFailed;

    /// <summary>Makes a producer. It connects in the background.</summary>
    /// <param name="settings">librdkafka's settings.</param>
    /// <param name="logger">Where to report.</param>
    /// <param name="giveBack">Called once by each user.</param>
    public DeadLetterProducer(
        IEnumerable<KeyValuePair<string, string>> settings, ILogger logger, Action<DeadLetterProducer> giveBack)
    {
        _return = giveBack;
        Client = new ProducerBuilder<byte[]?, byte[]?>(settings)
            .SetLogHandler((_, message) => Log.Librdkafka(logger, message.Facility, message.Message))
            .SetErrorHandler((_, error) =>
            {
                _hasFailed |= error.IsFatal;
                Log.Librdkafka(logger, error.Code.ToString(), error.Reason);
            })
            .Build();
    }

    /// <summary>The producer.</summary>
    public IProducer<byte[]?, byte[]?> Client { get; }

    /// <summary>Whether it cannot go on.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>How many queues use it; guarded by <see cref="DeadLetterProducers"/>.</summary>
    public int Users { get; set; }

    /// <summary>Its user needs it no longer.</summary>
    public void Return() => _return(this);

    private static partial class Log
    {
        // A record that is not taken fails its task, which says so.
        [LoggerMessage(1, LogLevel.Debug, "Dead letter producer: {Facility}: {Text}")]
        public static partial void Librdkafka(ILogger logger, string facility, string text);
    }
}
