using System.Globalization;
using System.Text;
using Confluent.Kafka;
using TopicPartition = Exports.Connectors.Sdk.TopicPartition;

namespace Exports.Pipeline;

/// <summary>
/// The headers that say where a dead letter is from and what failed, under Kafka Connect's names. Classes have their .NET names;
/// secrets of the connector's configuration are taken out.
/// </summary>
internal sealed class DeadLetterContext(string connector, int task, Func<string, string> redact)
{
    private const string Prefix = "__connect.errors.";

    public void AddTo(Headers headers, TopicPartition partition, long offset, in RecordError error)
    {
        Add("topic", partition.Topic);
        Add("partition", partition.Partition.ToString(CultureInfo.InvariantCulture));
        Add("offset", offset.ToString(CultureInfo.InvariantCulture));
        Add("connector.name", connector);
        Add("task.id", task.ToString(CultureInfo.InvariantCulture));
        Add("stage", error.Stage);
        Add("class.name", error.ClassName);
        Add("exception.class.name", error.Cause.GetType().FullName!);
        Add("exception.message", redact(error.Cause.Message));
        Add("exception.stacktrace", redact(error.Cause.ToString()));

        void Add(string name, string value) => headers.Add(Prefix + name, Encoding.UTF8.GetBytes(value));
    }
}
