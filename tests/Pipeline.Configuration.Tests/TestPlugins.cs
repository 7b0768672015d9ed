using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Configuration.Tests;

public sealed class NullSinkConnector : SinkConnector
{
    public override IReadOnlyList<string> Aliases => ["org.example.NullSink", "shared"];

    public override IReadOnlyList<string> KeyPrefixes => ["null.settings."];

    public override ConfigDef Config { get; } =
    [
        new("null.endpoint", ConfigType.String, "Where to."),
        new("null.token", ConfigType.Password, "The secret.") { Default = null, Group = "Null" },
        new("null.min", ConfigType.Int, "") { Default = "1", Group = "Null" },
        new("null.max", ConfigType.Int, "") { Default = "2", Group = "Null" },
    ];

    public override IEnumerable<(string Key, string Message)> Validate(IReadOnlyDictionary<string, string> config)
    {
        var parsed = Config.Parse(config);
        if (parsed.GetString("null.endpoint") == "throws")
            throw new InvalidOperationException("Something in the plugin.");
        if (parsed.GetInt("null.min") > parsed.GetInt("null.max"))
            yield return ("null.min",
                $"null.min must not exceed null.max; the token is {parsed.GetPasswordOrNull("null.token")}");
    }

    public override SinkTask CreateTask() => throw new NotSupportedException();
}

public sealed class OtherConnector : SinkConnector
{
    public override IReadOnlyList<string> Aliases => ["shared"];

    public override ConfigDef Config { get; } = [];

    public override SinkTask CreateTask() => throw new NotSupportedException();
}

/// <summary>Puts a text behind the value, and drops or fails on demand.</summary>
public sealed class AppendTransform : Transform
{
    private string _text = "";

    public override IReadOnlyList<string> Aliases => ["org.example.Append"];

    public override ConfigDef Config { get; } =
    [
        new("text", ConfigType.String, "What to append."),
        new("predicate", ConfigType.Int, "Hidden by the key that every transform has."),
    ];

    public override void Configure(IReadOnlyDictionary<string, string> config) => _text = config["text"];

    public override bool Apply(ref SinkRecord record)
    {
        var value = record.Value.Value as string;
        if (value == "drop")
            return false;
        if (value == "fail")
            throw new DataException("Told to fail.");
        if (value == "later")
            throw new RetriableException("Told to fail for now.");
        record = record with { Value = ConnectValue.From(value + _text) };
        return true;
    }

    public sealed class Nested : Transform
    {
        public override ConfigDef Config { get; } = [];

        public override void Configure(IReadOnlyDictionary<string, string> config)
        {
        }

        public override bool Apply(ref SinkRecord record) => true;
    }
}

public sealed class TopicIsPredicate : Predicate
{
    private string _topic = "";

    public override ConfigDef Config { get; } = [new("topic", ConfigType.String, "The topic.")];

    public override void Configure(IReadOnlyDictionary<string, string> config) => _topic = config["topic"];

    public override bool Test(in SinkRecord record)
        => record.Topic == "broken" ? throw new InvalidOperationException("The predicate is broken.") : record.Topic == _topic;
}

/// <summary>Reads text backwards.</summary>
public sealed class BackwardsConverter : Converter
{
    private string _prefix = "";

    public override ConfigDef Config { get; } = [new("prefix", ConfigType.String, "") { Default = "",
        Check = ConfigChecks.OneOf("", "<", ">") }];

    public override void Configure(IReadOnlyDictionary<string, string> config, ConverterRole role)
        => _prefix = Config.Parse(config).GetString("prefix");

    public override ConnectValue ToConnectData(string topic, ReadOnlyMemory<byte>? bytes)
    {
        var text = bytes is { } data ? Encoding.UTF8.GetString(data.Span) : throw new DataException("There is nothing.");
        return text == "bad"
            ? throw new DataException("Told to fail.")
            : ConnectValue.From(_prefix + new string([.. text.Reverse()]), Schema.OptionalString);
    }

    public override ReadOnlyMemory<byte>? FromConnectData(string topic, ConnectValue value) => throw new NotSupportedException();
}
