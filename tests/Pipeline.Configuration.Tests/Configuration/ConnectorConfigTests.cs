using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Configuration.Tests.Configuration;

public class ConnectorConfigTests
{
    [Fact]
    public void The_defaults_are_those_of_the_original()
    {
        var config = Config();

        Assert.Equal("c1", config.Name);
        Assert.Equal("FileStreamSink", config.ConnectorClass);
        Assert.Equal(1, config.TasksMax);
        Assert.Equal(["t"], config.Topics);
        Assert.Null(config.TopicsPattern);
        Assert.Equal("connect-c1", config.GroupId);
        Assert.Equal(TimeSpan.Zero, config.RetryTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), config.RetryDelayMax);
        Assert.False(config.ToleratesErrors);
        Assert.False(config.LogsErrors);
        Assert.False(config.LogsPositions);
        Assert.Equal(new TaskRestartPolicy(true, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), -1), config.Restart);
        Assert.Empty(config.ConsumerOverrides);
        Assert.Empty(config.ProducerOverrides);
        Assert.Empty(config.AdminOverrides);
    }

    [Fact]
    public void Every_key_is_read()
    {
        var config = Config(
            ("tasks.max", "8"),
            ("topics", " a, b,, a "),
            ("errors.retry.timeout", "-1"),
            ("errors.retry.delay.max.ms", "9223372036854775807"),
            ("errors.tolerance", "all"),
            ("errors.log.enable", "true"),
            ("errors.log.include.messages", "true"),
            ("task.restart.enabled", "false"),
            ("task.restart.delay.ms", "5"),
            ("task.restart.delay.max.ms", "50"),
            ("task.restart.max.attempts", "3"),
            ("consumer.override.group.id", "mine"),
            ("consumer.override.fetch.max.wait.ms", "10"),
            ("producer.override.acks", "all"),
            ("admin.override.client.id", "x"));

        Assert.Equal(8, config.TasksMax);
        Assert.Equal(["a", "b"], config.Topics);
        Assert.Equal("mine", config.GroupId);
        Assert.Equal(Timeout.InfiniteTimeSpan, config.RetryTimeout);
        Assert.Equal(TimeSpan.MaxValue, config.RetryDelayMax);
        Assert.True(config.ToleratesErrors);
        Assert.True(config.LogsErrors);
        Assert.True(config.LogsPositions);
        Assert.Equal(new TaskRestartPolicy(false, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(50), 3),
            config.Restart);
        Assert.Equal(new Dictionary<string, string> { ["group.id"] = "mine", ["fetch.max.wait.ms"] = "10" },
            config.ConsumerOverrides);
        Assert.Equal(new Dictionary<string, string> { ["acks"] = "all" }, config.ProducerOverrides);
        Assert.Equal(new Dictionary<string, string> { ["client.id"] = "x" }, config.AdminOverrides);
        Assert.True(config.Subscribes("b"));
        Assert.False(config.Subscribes("c"));
    }

    [Fact]
    public void Topics_may_be_given_by_pattern()
    {
        var config = Config(("topics", " "), ("topics.regex", "demo-.*"));

        Assert.Empty(config.Topics);
        Assert.Equal("demo-.*", config.TopicsPattern!.ToString());
        Assert.True(config.Subscribes("demo-1"));
        Assert.False(config.Subscribes("a-demo-1"));
    }

    [Theory]
    [InlineData("topics", "", "Must configure one of topics or topics.regex")]
    [InlineData("topics", " , ", "Must configure one of topics or topics.regex")]
    [InlineData("topics.regex", ".*", "topics and topics.regex are mutually exclusive options, but both are set.")]
    [InlineData("tasks.max", "0", "Invalid value 0 for configuration tasks.max: Value must be at least 1")]
    [InlineData("name", " ", "Invalid value  for configuration name: String may not be empty")]
    [InlineData("errors.retry.timeout", "-2",
        "Invalid value -2 for configuration errors.retry.timeout: Value must be at least -1")]
    [InlineData("task.restart.delay.ms", "0",
        "Invalid value 0 for configuration task.restart.delay.ms: Value must be at least 1")]
    [InlineData("task.restart.max.attempts", "-2",
        "Invalid value -2 for configuration task.restart.max.attempts: Value must be at least -1")]
    public void The_first_error_is_thrown(string key, string value, string message)
        => Assert.Equal(message, Assert.Throws<ConfigException>(() => Config((key, value))).Message);

    [Fact]
    public void The_keys_are_those_of_the_original_and_our_own_behind_them()
        => Assert.Equal(
            [
                "name", "connector.class", "connector.plugin.version", "tasks.max", "tasks.max.enforce",
                "key.converter", "key.converter.plugin.version", "value.converter", "value.converter.plugin.version",
                "header.converter", "header.converter.plugin.version", "transforms", "predicates", "config.action.reload",
                "errors.retry.timeout", "errors.retry.delay.max.ms", "errors.tolerance", "errors.log.enable",
                    "errors.log.include.messages",
                "topics", "topics.regex", "errors.deadletterqueue.topic.name", "errors.deadletterqueue.topic.replication.factor",
                "errors.deadletterqueue.context.headers.enable",
                "task.restart.enabled", "task.restart.delay.ms", "task.restart.delay.max.ms", "task.restart.max.attempts",
            ],
            ConnectorConfig.Definition.Select(key => key.Name));

    private static ConnectorConfig Config(params (string Key, string Value)[] entries)
    {
        var config = new Dictionary<string, string> { ["name"] = "c1", ["connector.class"] = "FileStreamSink", ["topics"] = "t" };
        foreach (var (key, value) in entries)
            config[key] = value;
        return new(config);
    }
}
