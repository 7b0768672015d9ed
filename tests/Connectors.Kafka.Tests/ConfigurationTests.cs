using Exports.Connectors.Sdk;
using Exports.Kafka.Client;

namespace Exports.Connectors.Kafka.Tests;

public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("target.topic", "a b", "target.topic")]
    [InlineData("target.topic.prefix", "ä", "target.topic.prefix")]
    [InlineData("target.partitioner", "random", "target.partitioner")]
    [InlineData("target.headers", "maybe", "target.headers")]
    [InlineData("target.timestamps", "never", "target.timestamps")]
    [InlineData("target.value.format", "avro", "target.value.format")]
    [InlineData("target.bootstrap.servers", "", "target.bootstrap.servers")]
    [InlineData("target.bootstrap.servers", "nowhere", "target.bootstrap.servers")]
    [InlineData("target.acks", "some", "target.acks")]
    [InlineData("target.compression.type", "brotli", "target.compression.type")]
    [InlineData("target.security.protocol", "SASL_SSL", "target.sasl.mechanism")]
    [InlineData("target.transactional.id", "t", "target.transactional.id")]
    [InlineData("target.plugin.library.paths", "/tmp/x.so", "target.plugin.library.paths")]
    public async Task A_wrong_value_stops_the_start_and_names_the_key(string key, string value, string named)
    {
        using var kafka = EmbeddedKafka.Start();

        var e = await Assert.ThrowsAsync<ConfigException>(() => Sink.StartAsync(kafka, (key, value)));

        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_client_settings_are_shown_at_their_keys_without_secrets()
    {
        var connector = new KafkaSinkConnector();
        var config = new Dictionary<string, string>
        {
            ["target.bootstrap.servers"] = "a:9092",
            ["target.security.protocol"] = "SASL_PLAINTEXT",
            ["target.sasl.mechanism"] = "PLAIN",
            ["target.sasl.jaas.config"] = "PlainLoginModule required username=\"u\" password=\"geheim\"",
        };

        var (key, message) = Assert.Single(connector.Validate(config));

        Assert.Equal("target.sasl.jaas.config", key);
        Assert.StartsWith($"Invalid value [hidden] for configuration {key}: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", message, StringComparison.Ordinal);
        config["target.sasl.jaas.config"] += ";";
        Assert.Empty(connector.Validate(config));
    }

    [Theory]
    [InlineData("acks", "1", "all")]
    [InlineData("retries", "0", "more")]
    [InlineData("enable.idempotence", "false", "true")]
    public async Task Exactly_once_excludes_settings_that_transactions_cannot_have(string key, string value, string needed)
    {
        using var kafka = EmbeddedKafka.Start();
        (string, string)[] config = [("exactly.once", "true"), ($"target.{key}", value)];
        var expected = $"Invalid value {value} for configuration target.{key}: exactly.once=true needs {needed}";

        var e = await Assert.ThrowsAsync<ConfigException>(() => Sink.StartAsync(kafka, config));
        var (shownAt, message) = Assert.Single(new KafkaSinkConnector().Validate(new Dictionary<string, string>
        {
            ["target.bootstrap.servers"] = "a:9092",
            ["exactly.once"] = "true",
            [$"target.{key}"] = value,
        }));

        Assert.Equal(expected, e.Message);
        Assert.Equal(($"target.{key}", expected), (shownAt, message));
    }

    [Theory]
    [InlineData(null, "connect-copy:orders:7")]
    [InlineData("eu", "eu:orders:7")]
    public void Transactional_ids_are_named_after_the_group_the_topic_and_the_partition(string? group, string id)
    {
        var config = new Dictionary<string, string>
        {
            ["name"] = "copy",
            ["target.bootstrap.servers"] = "a:9092",
            ["exactly.once"] = "true",
        };
        if (group is not null)
            config["exactly.once.group"] = group;

        Assert.Equal(id, KafkaSinkConfig.Parse(config, "client").ExactlyOnce!.IdOf(new TopicPartition("orders", 7)));
    }

    [Theory]
    [InlineData(null, null, "60000")]
    [InlineData("30000", null, "30000")]
    [InlineData("90000", null, "60000")]
    [InlineData("90000", "80000", "80000")]
    public void A_records_time_limit_is_within_that_of_its_transaction(string? delivery, string? transaction, string expected)
    {
        var config = new Dictionary<string, string>
        {
            ["name"] = "copy",
            ["target.bootstrap.servers"] = "a:9092",
            ["exactly.once"] = "true",
        };
        if (delivery is not null)
            config["target.delivery.timeout.ms"] = delivery;
        if (transaction is not null)
            config["target.transaction.timeout.ms"] = transaction;

        Assert.Equal(expected, KafkaSinkConfig.Parse(config, "client").Settings["message.timeout.ms"]);
    }

    [Fact]
    public void A_fixed_topic_and_a_prefix_exclude_each_other()
    {
        var errors = new KafkaSinkConnector().Validate(new Dictionary<string, string>
        {
            ["target.bootstrap.servers"] = "a:9092",
            ["target.topic"] = "a",
            ["target.topic.prefix"] = "b",
        });

        Assert.Equal("target.topic.prefix", Assert.Single(errors).Key);
    }

    [Fact]
    public void Keys_that_hold_secrets_are_passwords()
    {
        var shown = new KafkaSinkConnector().Config.Where(key => key.Type != ConfigType.Password).Select(key => key.Name);

        Assert.DoesNotContain(shown, SecretKeys.IsSecret);
    }

    [Fact]
    public async Task Files_that_cannot_be_used_are_found_at_the_start()
    {
        using var kafka = EmbeddedKafka.Start();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "not a certificate");
        try
        {
            var e = await Assert.ThrowsAsync<ConfigException>(() => Sink.StartAsync(
                kafka, ("target.security.protocol", "SSL"), ("target.ssl.truststore.location", file)));

            Assert.Contains("ssl.ca.location", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void The_connector_is_found_by_its_names()
        => Assert.Equal("Exports.Connectors.Kafka.KafkaSinkConnector", typeof(KafkaSinkConnector).FullName);
}
