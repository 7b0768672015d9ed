using Exports.Connectors.Sdk;
using Exports.Pipeline.Dates;

namespace Exports.Pipeline.Transforms;

/// <summary>Gives records another topic, made of the one that they have and of their timestamp.</summary>
public sealed class TimestampRouter : BuiltInTransform
{
    private const string TopicFormat = "topic.format";
    private const string TimestampFormat = "timestamp.format";
    private const string Topic = "${topic}";
    private const string Timestamp = "${timestamp}";

    private string _topicFormat = "";
    private JavaDateFormat _timestampFormat = null!;

    // Records of a topic and of a time come one after the other.
    private (string Topic, string Timestamp, string To)? _last;

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(TopicFormat, ConfigType.String, $"The new topic; {Topic} stands for the one of the record, {Timestamp} for its time.")
        {
            Default = $"{Topic}-{Timestamp}",
            Importance = ConfigImportance.High,
        },
        new(TimestampFormat, ConfigType.String, "How the timestamp is written: a pattern of Java's SimpleDateFormat. Times are UTC.")
        {
            Default = "yyyyMMdd",
            Importance = ConfigImportance.High,
            Check = DateChecks.Pattern,
        },
    ];

    /// <inheritdoc/>
    public override bool Apply(ref SinkRecord record)
    {
        if (record.Timestamp < 0)
            throw new DataException($"Timestamp missing on record: {record.Topic}-{record.Partition} at offset {record.Offset}");
        var timestamp = _timestampFormat.Format(LogicalTypes.TimestampFromMilliseconds(record.Timestamp));
        if (_last is not { } last || last.Timestamp != timestamp || !ReferenceEquals(last.Topic, record.Topic))
        {
            var topic = _topicFormat.Replace(Topic, record.Topic, StringComparison.Ordinal).Replace(Timestamp, timestamp, StringComparison.Ordinal);
            _last = last = (record.Topic, timestamp, topic);
        }
        record = record with { OriginalTopic = record.OriginalTopic, Topic = last.To };
        return true;
    }

    private protected override void Configure(ParsedConfig config)
    {
        _topicFormat = config.GetString(TopicFormat);
        _timestampFormat = new(config.GetString(TimestampFormat));
    }
}
