using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Connectors.Kinesis.Tests;

public sealed class ConfigurationTests
{
    private const string Role = "arn:aws:iam::123456789012:role/writer";

    [Theory]
    [InlineData("com.amazon.kinesis.kafka.AmazonKinesisSinkConnector")]
    [InlineData("AmazonKinesisSinkConnector")]
    [InlineData("AmazonKinesisSink")]
    [InlineData("KinesisSinkConnector")]
    [InlineData("KinesisSink")]
    [InlineData("Exports.Connectors.Kinesis.KinesisSinkConnector")]
    public void The_connector_is_found_by_its_names(string name)
        => Assert.IsType<KinesisSinkConnector>(new PluginCatalog([typeof(KinesisSinkConnector).Assembly], "").FindConnector(name));

    [Fact]
    public void Defaults_are_those_of_the_documentation()
    {
        var config = TestConfig.Parse();

        Assert.Equal("events", config.StreamName);
        Assert.Equal(new KinesisEndpoint(new("https://kinesis.us-east-1.amazonaws.com"), "us-east-1"), config.Location);
        Assert.Equal(
            new CredentialsSettings("us-east-1", null, null, "exports-orders", TimeSpan.FromHours(1), null),
            config.CredentialsSettings);
        Assert.Equal(
            new RequestOptions
            {
                MaxRecords = 500,
                MaxBytes = 5 * 1024 * 1024,
                MaxInFlight = 24,
                Linger = TimeSpan.FromMilliseconds(100),
                Order = RequestOrder.SingleRecords,
                TimeToLiveKey = "ttl",
            },
            config.Requests);
        Assert.True(config.Ordered);
        Assert.False(config.PartitionAsHashKey);
        Assert.Equal(1024 * 1024, config.MaxRecordBytes);
        Assert.Equal(TimeSpan.FromSeconds(30), config.Timeout);
        Assert.Null(config.RatePercent);
        Assert.Empty(config.WithoutEffect);
    }

    [Fact]
    public void Every_key_reaches_what_it_is_for()
    {
        var config = TestConfig.Parse(
            ("maxRequestRecords", "100"), ("maxRequestBytes", "2000000"), ("maxRecordBytes", "1500000"), ("maxConnections", "3"),
            ("maxBufferedTime", "15000"), ("ordered", "false"), ("ttl", "60000"), ("outstandingRecordsThreshold", "1000"),
            ("rateLimit", "80"), ("usePartitionAsHashKey", "true"), ("requestTimeoutMs", "5000"),
            ("roleARN", Role), ("roleExternalID", "ext-1"), ("roleSessionName", "me"), ("roleDurationSeconds", "900"),
            ("stsEndpoint", "http://localhost:8080"), ("kinesisEndpoint", "localhost:4567"));

        Assert.Equal(
            new RequestOptions
            {
                MaxRecords = 100,
                MaxBytes = 2_000_000,
                MaxInFlight = 3,
                Linger = TimeSpan.FromSeconds(15),
                Order = RequestOrder.None,
                TimeToLive = TimeSpan.FromMinutes(1),
                TimeToLiveKey = "ttl",
                MaxRecordsUnderWay = 1000,
            },
            config.Requests);
        Assert.Equal(1_500_000, config.MaxRecordBytes);
        Assert.Equal(80, config.RatePercent);
        Assert.True(config.PartitionAsHashKey);
        Assert.Equal(TimeSpan.FromSeconds(5), config.Timeout);
        Assert.Equal(
            new CredentialsSettings(
                "us-east-1", Role, "ext-1", "me", TimeSpan.FromMinutes(15), new("http://localhost:8080")),
            config.CredentialsSettings);
        Assert.Equal(new Uri("https://localhost:4567"), config.Location.Url);
    }

    [Theory]
    [InlineData("localhost", "https://localhost/", "localhost")]
    [InlineData("localhost:4567", "https://localhost:4567/", "localhost:4567")]
    [InlineData("http://localhost:4567", "http://localhost:4567/", "localhost:4567")]
    [InlineData("http://localhost:80/", "http://localhost/", "localhost")]
    [InlineData("https://[::1]:4567", "https://[::1]:4567/", "[::1]:4567")]
    [InlineData("vpce-0a1.kinesis.us-east-1.vpce.amazonaws.com", "https://vpce-0a1.kinesis.us-east-1.vpce.amazonaws.com/",
        "vpce-0a1.kinesis.us-east-1.vpce.amazonaws.com")]
    public void An_endpoint_may_be_given_as_host_with_or_without_port_or_as_URL(string given, string url, string host)
    {
        var location = TestConfig.Parse((KinesisKeys.Endpoint, given)).Location;

        Assert.Equal(url, location.Url.AbsoluteUri);
        Assert.Equal(host, location.Host);
    }

    [Theory]
    [InlineData("us-east-1", "https://kinesis.us-east-1.amazonaws.com/")]
    [InlineData("cn-north-1", "https://kinesis.cn-north-1.amazonaws.com.cn/")]
    [InlineData("us-gov-west-1", "https://kinesis.us-gov-west-1.amazonaws.com/")]
    public void Without_an_endpoint_the_regions_own_is_used(string region, string url)
        => Assert.Equal(url, TestConfig.Parse((KinesisKeys.Region, region)).Location.Url.AbsoluteUri);

    [Theory]
    [InlineData("kinesis.eu-west-1.amazonaws.com", "eu-west-1")]
    [InlineData("https://kinesis-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1")]
    [InlineData("vpce-0a1.kinesis.eu-west-1.vpce.amazonaws.com", "eu-west-1")]
    [InlineData("kinesis.cn-north-1.amazonaws.com.cn", "cn-north-1")]
    [InlineData("kinesis.us-east-2.api.aws", "us-east-2")]
    [InlineData("localhost:4567", "ap-south-1")]
    public void Without_a_region_the_endpoints_is_used_and_then_the_environments(string endpoint, string region)
        => Assert.Equal(region, Resolve(endpoint, null, ("AWS_DEFAULT_REGION", "ap-south-1")).Region);

    [Fact]
    public void The_environment_says_region_and_endpoint_where_the_configuration_does_not()
    {
        Assert.Equal("eu-west-1", Resolve(null, null, ("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-2")).Region);
        Assert.Equal("eu-west-3", Resolve(null, "eu-west-3", ("AWS_REGION", "eu-west-1")).Region);
        Assert.Equal(
            new Uri("http://kinesis:1"),
            Resolve(null, "eu-west-1", ("AWS_ENDPOINT_URL_KINESIS", "http://kinesis:1"), ("AWS_ENDPOINT_URL", "http://all:2")).Url);
        Assert.Equal(new Uri("http://all:2"), Resolve(null, "eu-west-1", ("AWS_ENDPOINT_URL", "http://all:2")).Url);
        Assert.Equal(
            new Uri("http://mine:3"), Resolve("http://mine:3", "eu-west-1", ("AWS_ENDPOINT_URL_KINESIS", "http://kinesis:1")).Url);
    }

    [Fact]
    public void A_region_that_nobody_names_is_missed_with_the_places_where_it_was_looked_for()
    {
        var error = Assert.Throws<ConfigException>(() => Resolve("localhost:4567", null));

        Assert.Equal("region", error.Key);
        foreach (var part in (string[])["region", "kinesisEndpoint", "AWS_REGION", "AWS_DEFAULT_REGION"])
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("region", "us east")]
    [InlineData("region", "us-east-1/x")]
    [InlineData("kinesisEndpoint", "ftp://localhost")]
    [InlineData("kinesisEndpoint", "http://localhost/path")]
    [InlineData("kinesisEndpoint", "http://user@localhost")]
    [InlineData("kinesisEndpoint", "a b")]
    [InlineData("kinesisEndpoint", "kinesis.eu-west-1.amazonaws.com")]
    [InlineData("roleExternalID", "ext-1")]
    [InlineData("maxRecordBytes", "6000000")]
    [InlineData("streamName", "")]
    [InlineData("streamName", "a/b")]
    [InlineData("roleARN", "writer")]
    [InlineData("roleARN", "arn:aws:iam::123456789012:user/x")]
    [InlineData("roleSessionName", "a b")]
    [InlineData("roleExternalID", "a b")]
    [InlineData("roleDurationSeconds", "899")]
    [InlineData("roleDurationSeconds", "43201")]
    [InlineData("stsEndpoint", "ftp://localhost")]
    [InlineData("maxBufferedTime", "-1")]
    [InlineData("maxConnections", "0")]
    [InlineData("maxConnections", "257")]
    [InlineData("rateLimit", "0")]
    [InlineData("ttl", "0")]
    [InlineData("outstandingRecordsThreshold", "0")]
    [InlineData("maxRecordBytes", "10485761")]
    [InlineData("maxRequestBytes", "10485761")]
    [InlineData("maxRequestRecords", "501")]
    [InlineData("requestTimeoutMs", "99")]
    [InlineData("ordered", "yes")]
    [InlineData("aggregation", "true")]
    public void A_value_that_is_not_allowed_is_refused_by_validation_and_by_the_task(string key, string value)
    {
        var config = TestConfig.Of((key, value));
        var byItself = KinesisKeys.Definition.Validate(config!).Where(checkedKey => checkedKey.Errors.Count > 0).ToList();
        var together = byItself.Count > 0 ? [] : new KinesisSinkConnector().Validate(config).ToList();
        var named = byItself.Select(checkedKey => checkedKey.Name).Concat(together.Select(error => error.Key)).ToList();

        var error = Assert.ThrowsAny<ConfigException>(() => Parse(config));
        Assert.Single(named);
        Assert.True(named[0] == key || (key, named[0]) == ("kinesisEndpoint", "region"), named[0]);
        Assert.Contains(named[0], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_stream_the_error_names_the_key()
    {
        var config = TestConfig.Of();
        config.Remove("streamName");

        Assert.Contains("streamName", Assert.Throws<ConfigException>(() => Parse(config)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_the_original_that_change_nothing_are_accepted_and_named()
    {
        string[] keys =
        [
            "flushSync", "pauseConsumption", "sleepPeriod", "sleepCycles", "singleKinesisProducerPerPartition", "metricsLevel",
            "metricsGranuality", "metricsNameSpace",
        ];

        TestConfig.Parse([.. keys.Select(key => (key, "x")), ("aggregation", "false")]);

        Assert.Equal(
            keys.Order(), KinesisKeys.Definition.Where(key => key.NoEffect is not null).Select(key => key.Name).Order());
    }

    [Fact]
    public void Keys_of_a_session_change_nothing_without_a_role()
    {
        (string, string)[] keys = [("roleSessionName", "me"), ("roleDurationSeconds", "900"), ("stsEndpoint", "http://localhost")];

        Assert.Equal(keys.Select(key => key.Item1), TestConfig.Parse(keys).WithoutEffect.Select(key => key.Name));
        Assert.Empty(TestConfig.Parse([("roleARN", Role), .. keys]).WithoutEffect);
    }

    [Theory]
    [InlineData("orders", "exports-orders")]
    [InlineData("orders to AWS/ä", "exports-orders-to-AWS--")]
    public void A_session_is_named_after_the_connector(string connector, string session)
        => Assert.Equal(session, KinesisSinkConfig.Parse(TestConfig.Of(), connector, _ => null).CredentialsSettings.SessionName);

    [Fact]
    public void A_sessions_name_is_cut_to_what_is_allowed()
        => Assert.Equal(
            64, KinesisSinkConfig.Parse(TestConfig.Of(), new('x', 500), _ => null).CredentialsSettings.SessionName.Length);

    private static KinesisSinkConfig Parse(Dictionary<string, string> config)
        => KinesisSinkConfig.Parse(config, "orders", _ => null);

    private static KinesisEndpoint Resolve(string? endpoint, string? region, params (string Name, string Value)[] environment)
        => KinesisEndpoint.Resolve(
            endpoint, region, name => environment.Where(one => one.Name == name).Select(one => one.Value).FirstOrDefault());
}
