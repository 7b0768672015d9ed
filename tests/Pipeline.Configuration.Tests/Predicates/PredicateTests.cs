using Exports.Connectors.Sdk;
using Exports.Pipeline.Configuration.Tests.Transforms;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Predicates;

public class PredicateTests
{
    [Theory]
    [InlineData("views", true)]
    [InlineData("v.*", true)]
    [InlineData("vie", false)]
    [InlineData("clicks|views", true)]
    [InlineData("VIEWS", false)]
    [InlineData("\\Qviews\\E", true)]
    public void A_topic_matches_as_a_whole(string pattern, bool expected)
        => Assert.Equal(expected, Test("TopicNameMatches", Record(Json("1")), ("pattern", pattern)));

    [Fact]
    public void Each_topic_is_tested_by_itself()
    {
        var predicate = Create("TopicNameMatches", ("pattern", "v.*"));
        foreach (var (topic, expected) in ((string, bool)[])[("views", true), ("clicks", false), ("votes", true), ("views", true)])
            Assert.Equal(expected, predicate.Test(Record(Json("1")) with { Topic = topic }));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("b", true)]
    [InlineData("A", false)]
    [InlineData("c", false)]
    public void A_header_is_found_by_its_name(string name, bool expected)
        => Assert.Equal(
            expected,
            Test("HasHeaderKey", Record(Json("1")) with { Headers = [new("a", Json("1")), new("b", ConnectValue.Null)] }, ("name", name)));

    [Fact]
    public void A_record_without_headers_has_none() => Assert.False(Test("HasHeaderKey", Record(Json("1")), ("name", "a")));

    [Fact]
    public void A_record_without_a_value_is_a_tombstone()
    {
        Assert.True(Test("RecordIsTombstone", Record(ConnectValue.Null, Json("1"))));
        Assert.True(Test("RecordIsTombstone", Record(ConnectValue.NullOf(Schema.OptionalString))));
        Assert.False(Test("RecordIsTombstone", Record(Json("1"), ConnectValue.Null)));
        Assert.False(Test("RecordIsTombstone", Record(ConnectValue.FromBytes(default))));
    }

    [Theory]
    [InlineData("TopicNameMatches", "pattern", null, "Missing required configuration \"pattern\" which has no default value.")]
    [InlineData("TopicNameMatches", "pattern", "", "Invalid value  for configuration pattern: String must be non-empty")]
    [InlineData("TopicNameMatches", "pattern", "(", "Invalid value ( for configuration pattern: ")]
    [InlineData("HasHeaderKey", "name", null, "Missing required configuration \"name\" which has no default value.")]
    [InlineData("HasHeaderKey", "name", "", "Invalid value  for configuration name: String must be non-empty")]
    public void Keys_that_are_wrong_are_refused(string type, string key, string? value, string message)
        => Assert.StartsWith(
            message, Assert.Throws<ConfigException>(() => value is null ? Create(type) : Create(type, (key, value))).Message);

    [Theory]
    [InlineData("RecordIsTombstone")]
    [InlineData("org.apache.kafka.connect.transforms.predicates.RecordIsTombstone")]
    public void Both_names_find_it(string name) => Assert.True(Transforming.Plugins.CreatePredicate(name).Test(Record(ConnectValue.Null)));

    private static bool Test(string type, SinkRecord record, params (string Key, string Value)[] config) => Create(type, config).Test(record);

    private static Predicate Create(string type, params (string Key, string Value)[] config)
    {
        var predicate = Transforming.Plugins.CreatePredicate("org.apache.kafka.connect.transforms.predicates." + type);
        predicate.Configure(config.ToDictionary(entry => entry.Key, entry => entry.Value));
        return predicate;
    }
}
