using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Connectors.PubSub.Tests;

public sealed class ConfigurationTests
{
    private const string User = """{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r"}""";

    [Fact]
    public void A_minimal_configuration_has_the_originals_defaults()
    {
        var config = Configs.Parse();

        Assert.Equal("projects/my-project/topics/views", config.Topic.Resource);
        Assert.Equal(new Uri("https://pubsub.googleapis.com:443"), config.Endpoint.Address);
        Assert.Equal(CredentialForm.Worker, config.Credentials!.Form);
        Assert.Equal(100, config.MaxMessages);
        Assert.Equal(9_500_000, config.MaxBytes);
        Assert.Equal(TimeSpan.FromMilliseconds(100), config.Linger);
        Assert.Equal(TimeSpan.FromSeconds(10), config.RequestTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), config.TotalTimeout);
        Assert.Null(config.MaxOutstandingMessages);
        Assert.Null(config.MaxOutstandingBytes);
        Assert.Null(config.CompressFrom);
        Assert.Equal("cps_message_body", config.BodyField);
        Assert.Equal(OrderingKeySource.None, config.OrderingKey);
    }

    [Theory]
    [InlineData("cps.project", "")]
    [InlineData("cps.project", "projects/x")]
    [InlineData("cps.topic", "")]
    [InlineData("cps.topic", "ab")]
    [InlineData("cps.topic", "1views")]
    [InlineData("cps.topic", "googviews")]
    [InlineData("cps.topic", "with space")]
    [InlineData("cps.topic", "projects/x/topics/views")]
    [InlineData("cps.endpoint", "https://pubsub.googleapis.com")]
    [InlineData("cps.endpoint", "pubsub.googleapis.com:0")]
    [InlineData("cps.endpoint", "")]
    [InlineData("maxBufferSize", "0")]
    [InlineData("maxBufferSize", "1001")]
    [InlineData("maxBufferBytes", "9500001")]
    [InlineData("delayThresholdMs", "0")]
    [InlineData("maxOutstandingMessages", "0")]
    [InlineData("maxOutstandingRequestBytes", "0")]
    [InlineData("maxRequestTimeoutMs", "999")]
    [InlineData("maxTotalTimeoutMs", "999")]
    [InlineData("orderingKeySource", "value")]
    [InlineData("headers.unfit", "drop")]
    [InlineData("request.body.format", "avro")]
    [InlineData("compressionBytesThreshold", "-1")]
    public void A_value_that_cannot_work_is_refused_at_its_key(string key, string value)
    {
        var message = Assert.Throws<ConfigException>(() => Configs.Parse((key, value))).Message;

        Assert.Contains($"for configuration {key}: ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("us-east1-pubsub.googleapis.com", "https://us-east1-pubsub.googleapis.com/")]
    [InlineData("us-east1-pubsub.googleapis.com:8443", "https://us-east1-pubsub.googleapis.com:8443/")]
    public void An_endpoint_may_leave_out_the_port(string endpoint, string address)
        => Assert.Equal(address, Configs.Parse(("cps.endpoint", endpoint)).Endpoint.Address.ToString());

    [Fact]
    public void The_delay_has_two_names_that_must_not_contradict_each_other()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(5), Configs.Parse(("maxDelayThresholdMs", "5")).Linger);
        Assert.Equal(TimeSpan.FromMilliseconds(5), Configs.Parse(("maxDelayThresholdMs", "5"), ("delayThresholdMs", "5")).Linger);
        Assert.Equal("maxDelayThresholdMs", ErrorKey(("maxDelayThresholdMs", "5"), ("delayThresholdMs", "6")));
    }

    [Fact]
    public void An_emulator_is_where_the_environment_says_or_else_the_endpoint()
    {
        using (new EnvironmentVariables(("PUBSUB_EMULATOR_HOST", null)))
        {
            var config = Configs.Parse(("cps.useEmulator", "true"), ("cps.endpoint", "localhost:8085"));
            Assert.Equal("http://localhost:8085/", config.Endpoint.Address.ToString());
            Assert.Null(config.Credentials);
            Assert.Equal("cps.useEmulator", ErrorKey(("cps.useEmulator", "true")));
        }

        using (new EnvironmentVariables(("PUBSUB_EMULATOR_HOST", "[::1]:8086")))
        {
            Assert.Equal("http://[::1]:8086/", Configs.Parse(("cps.useEmulator", "true")).Endpoint.Address.ToString());
            Assert.Equal("pubsub.googleapis.com", Configs.Parse().Endpoint.Host);
        }

        using (new EnvironmentVariables(("PUBSUB_EMULATOR_HOST", "http://localhost:8086")))
            Assert.Equal("cps.useEmulator", ErrorKey(("cps.useEmulator", "true")));
    }

    [Fact]
    public void Credentials_of_the_worker_go_to_Google_only()
    {
        Assert.Equal("cps.endpoint", ErrorKey(("cps.endpoint", "collector.example.com:443")));
        Assert.Equal("cps.endpoint", ErrorKey(("cps.endpoint", "evilgoogleapis.com:443"), ("gcp.credentials.file.path", "/k.json")));
        Assert.Null(ErrorKey(("cps.endpoint", "collector.example.com:443"), ("gcp.credentials.json", User)));
        Assert.Null(ErrorKey(("cps.endpoint", "pubsub-x.p.googleapis.com:443")));
    }

    [Fact]
    public void Credentials_are_given_by_one_key_and_an_empty_one_counts_for_nothing()
    {
        Assert.Equal("gcp.credentials.json", ErrorKey(("gcp.credentials.json", "{}"), ("gcp.credentials.file.path", "/k.json")));
        var config = Configs.Parse(("gcp.credentials.json", ""), ("gcp.credentials.file.path", ""), ("gcp.sa.credentials.json", "{}"));
        Assert.Equal("gcp.sa.credentials.json", config.Credentials!.Key);
        Assert.True(config.Credentials.OnlyServiceAccounts);
    }

    [Fact]
    public void Credentials_in_a_configuration_are_never_shown()
    {
        var shown = new PubSubSinkConnector().Config.Validate(
            Configs.Of(("gcp.credentials.json", "geheim"), ("gcp.sa.credentials.json", "geheim")).ToDictionary(c => c.Key, c => (string?)c.Value));

        Assert.DoesNotContain(shown, value => value.Value?.Contains("geheim", StringComparison.Ordinal) == true);
        Assert.DoesNotContain("geheim", Configs.Parse(("gcp.credentials.json", "geheim")).Credentials!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("com.google.pubsub.kafka.sink.CloudPubSubSinkConnector")]
    [InlineData("CloudPubSubSinkConnector")]
    [InlineData("CloudPubSubSink")]
    [InlineData("Exports.Connectors.PubSub.PubSubSinkConnector")]
    [InlineData("PubSubSink")]
    public void The_connector_answers_to_its_names_and_the_originals(string name)
        => Assert.IsType<PubSubSinkConnector>(new PluginCatalog([typeof(PubSubSinkConnector).Assembly]).FindConnector(name));

    [Fact]
    public void Credentials_in_a_configuration_are_read_when_it_is_checked()
    {
        Assert.Equal("gcp.credentials.json", ErrorKey(("gcp.credentials.json", "{}")));
        Assert.Equal("gcp.sa.credentials.json", ErrorKey(("gcp.sa.credentials.json", User)));
        Assert.Null(ErrorKey(("gcp.credentials.json", User)));
    }

    [Fact]
    public void A_key_that_changes_nothing_here_says_why()
        => Assert.Contains("task.shutdown.graceful.timeout.ms", new PubSubSinkConnector().Config["maxShutdownTimeoutMs"]!.NoEffect!,
            StringComparison.Ordinal);

    private static string? ErrorKey(params (string Key, string Value)[] config)
        => new PubSubSinkConnector().Validate(Configs.Of(config)).Select(error => error.Key).SingleOrDefault();
}
