using Confluent.Kafka;

namespace Exports.Kafka.Client;

/// <summary>Takes what a <see cref="NativeProducer"/> has to report. Called within <see cref="NativeProducer.Poll"/>.</summary>
public unsafe interface IProducerEvents
{
    /// <summary>Records were accepted by the broker, or failed (<see cref="NativeMessage.Error"/>).</summary>
    /// <param name="reports">The reports; they are gone when the call returns.</param>
    /// <param name="count">How many reports.</param>
    /// <param name="setSize">
    /// How many records of one partition share this fate, in this call and the next ones: those that went to the broker in
    /// one set, when the broker refused them.
    /// </param>
    void OnReports(NativeMessage** reports, int count, int setSize);

    /// <summary>Something is wrong with the client: no broker can be reached, a login failed.</summary>
    /// <param name="error">The error.</param>
    /// <param name="text">What librdkafka says about it.</param>
    /// <param name="isFatal">Whether this producer cannot go on.</param>
    void OnError(ErrorCode error, string text, bool isFatal);

    /// <summary>A line of librdkafka's log.</summary>
    /// <param name="level">The severity as in syslog: 3 error, 4 warning, 6 information, 7 debug.</param>
    /// <param name="facility">What it is about.</param>
    /// <param name="text">The line.</param>
    void OnLog(int level, string facility, string text);
}
