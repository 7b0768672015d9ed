using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class RegexRouterTests
{
    [Theory]
    [InlineData("views", "clicks", "clicks")]
    [InlineData("vie", "clicks", "views")]
    [InlineData("(.*)", "$1_copy", "views_copy")]
    [InlineData("(v)(i)(.*)", "$3-$2-$1-$0", "ews-i-v-views")]
    [InlineData("(?<a>vi)(ews)", "$2${a}$1", "ewsvivi")]
    [InlineData("(v)(?<rest>.*)", "$12", "v2")]
    [InlineData("(v)(x)?.*", "[$2]", "[]")]
    [InlineData("v|views", "a", "aiews")]
    [InlineData("vi.*?", "$0", "views")]
    [InlineData("[(v]i(ews)", "$1", "ews")]
    [InlineData("\\Qvi\\E(ews)", "$1", "ews")]
    [InlineData("views", "\\$1\\\\", "$1\\")]
    [InlineData("VIEWS", "x", "views")]
    [InlineData("(?i)VIEWS", "x", "x")]
    public void The_first_match_is_replaced_in_a_topic_that_matches_as_a_whole(string regex, string replacement, string expected)
    {
        var record = Record(Json("1"));
        var transform = Create("RegexRouter", $"regex={regex} replacement={replacement}");

        Assert.True(transform.Apply(ref record));

        Assert.Equal((expected, "views"), (record.Topic, record.OriginalTopic));
        Assert.Equal((3, 42L, "schemaless 1"), (record.Partition, record.Offset, Write(record.Value)));
    }

    [Fact]
    public void Each_topic_is_routed_by_itself_and_a_tombstone_like_any_record()
    {
        var transform = Create("RegexRouter", "regex=v(.*) replacement=$1");
        foreach (var (topic, expected) in ((string, string)[])[("views", "iews"), ("clicks", "clicks"), ("votes", "otes"), ("views", "iews")])
        {
            var record = Record(ConnectValue.Null) with { Topic = topic };
            transform.Apply(ref record);
            Assert.Equal(expected, record.Topic);
        }
    }

    [Theory]
    [InlineData("regex=( replacement=x", "Invalid value ( for configuration regex: ")]
    [InlineData("regex=(a) replacement=$2", "Invalid value $2 for configuration replacement: No group 2")]
    [InlineData("regex=(a) replacement=${b}", "Invalid value ${b} for configuration replacement: No group with name {b}")]
    [InlineData("regex=(a) replacement=$", "Invalid value $ for configuration replacement: Illegal group reference")]
    [InlineData("regex=(a) replacement=\\", "Invalid value \\ for configuration replacement: character to be escaped is missing")]
    [InlineData("regex=a", "Missing required configuration \"replacement\" which has no default value.")]
    [InlineData("replacement=a", "Missing required configuration \"regex\" which has no default value.")]
    public void What_cannot_be_is_refused_before_a_record_comes(string config, string message)
        => Assert.StartsWith(message, Assert.Throws<ConfigException>(() => Create("RegexRouter", config)).Message);
}
