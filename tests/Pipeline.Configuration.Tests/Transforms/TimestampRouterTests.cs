using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class TimestampRouterTests
{
    [Theory]
    [InlineData("", "views-20231114")]
    [InlineData("timestamp.format=yyyy.MM.dd-HH", "views-2023.11.14-22")]
    [InlineData("topic.format=${timestamp}/${topic}/${topic}", "20231114/views/views")]
    [InlineData("topic.format=fixed", "fixed")]
    [InlineData("topic.format=$1-${timestamp} timestamp.format='$'yyyy", "$1-$2023")]
    public void The_topic_is_made_of_topic_and_time_and_the_old_one_stays_known(string config, string topic)
    {
        var record = Apply("TimestampRouter", config, Json("1"));

        Assert.Equal(topic, record.Topic);
        Assert.Equal("views", record.OriginalTopic);
        Assert.Equal("schemaless 1", Write(record.Value));
    }

    [Fact]
    public void Records_of_other_topics_and_times_and_tombstones_go_their_own_way()
    {
        var router = Create("TimestampRouter", "");
        Assert.Equal("views-20231114", Route("views", Timestamp));
        Assert.Equal("clicks-20231114", Route("clicks", Timestamp));
        Assert.Equal("clicks-20231115", Route("clicks", Timestamp + 24 * 3600 * 1000));
        Assert.Equal("views-19700101", Route("views", 0));

        string Route(string topic, long timestamp)
        {
            var record = Record(ConnectValue.Null) with { Topic = topic, Timestamp = timestamp };
            Assert.True(router.Apply(ref record));
            return record.Topic;
        }
    }

    [Fact]
    public void A_record_without_a_timestamp_is_refused()
    {
        var record = Record(Json("1")) with { Timestamp = -1 };

        Assert.Equal(
            "Timestamp missing on record: views-3 at offset 42",
            Assert.Throws<DataException>(() => Create("TimestampRouter", "").Apply(ref record)).Message);
    }

    [Fact]
    public void A_pattern_without_meaning_is_refused()
        => Assert.Equal(
            "Invalid value yyyy-jj for configuration timestamp.format: not a pattern of SimpleDateFormat: Illegal pattern character 'j'",
            Assert.Throws<ConfigException>(() => Create("TimestampRouter", "timestamp.format=yyyy-jj")).Message);
}
