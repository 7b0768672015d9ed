using Exports.Kafka.Client;
using Exports.Kafka.Client.Settings.Tests;

namespace Exports.Connectors.Kafka.Tests;

public sealed class DestinationCheckTests : IDisposable
{
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(1, ("orders", 1));

    public void Dispose() => _kafka.Dispose();

    [Theory]
    [InlineData("target.topic", "orders", null, null)]
    [InlineData("target.topic", "nowhere", "target.topic", "no topic 'nowhere'")]
    [InlineData("topics", "orders", null, null)]
    [InlineData("topics", "orders, views", "target.topic", "no topic 'views'")]
    [InlineData("target.topic.prefix", "copy.", "target.topic.prefix", "no topic 'copy.orders'")]
    [InlineData("topics.regex", "o.*", null, null)]
    public async Task Topics_that_are_known_beforehand_must_exist(string key, string value, string? at, string? text)
    {
        var errors = await CheckAsync(("topics", key == "topics.regex" ? null : "orders"), (key, value));

        Assert.Equal(at is null ? 0 : 1, errors.Count);
        if (at is null)
            return;
        Assert.Equal(at, errors[0].Key);
        Assert.Contains(text!, errors[0].Message, StringComparison.Ordinal);
        // Asking has not created it.
        Assert.Single(await CheckAsync(("topics", "orders"), (key, value)));
    }

    [Fact]
    public async Task Topics_that_will_be_created_need_not_exist()
        => Assert.Empty(await CheckAsync(("target.topic", "nowhere"), ("target.topic.creation.enable", "true")));

    [Fact]
    public async Task Exactly_once_is_checked_without_fencing_anybody()
    {
        await using var front = new TransactionFront(_kafka.BootstrapServers);

        Assert.Empty(await CheckAsync(("target.topic", "orders"), ("exactly.once", "true"), ("target.bootstrap.servers", front.Address)));

        Assert.Equal(0, front.CountOf(TransactionFront.InitProducerId));
    }

    [Fact]
    public async Task A_target_that_cannot_be_reached_is_named()
    {
        _kafka.SetDown();

        var (key, message) = Assert.Single(await CheckAsync(("target.topic", "orders")));

        Assert.Equal("target.bootstrap.servers", key);
        Assert.Contains("No broker of the target cluster answered", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_is_refused_is_shown_at_the_credentials_without_them()
    {
        await using var front = new SecureFront(_kafka.BootstrapServers) { Login = ("me", "right") };

        var (key, message) = Assert.Single(await CheckAsync(
            ("target.topic", "orders"), ("target.bootstrap.servers", front.Address), ("target.security.protocol", "SASL_PLAINTEXT"),
            ("target.sasl.mechanism", "PLAIN"), ("target.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"me\" password=\"geheim\";")));

        Assert.Equal("target.sasl.jaas.config", key);
        Assert.Contains("refuses the login", message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", message, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<(string Key, string Message)>> CheckAsync(params (string Key, string? Value)[] config)
    {
        var all = new Dictionary<string, string> { ["name"] = "copy", ["target.bootstrap.servers"] = _kafka.BootstrapServers };
        foreach (var (key, value) in config)
        {
            if (value is not null)
                all[key] = value;
        }

        return new KafkaSinkConnector().CheckDestinationAsync(all, CancellationToken.None);
    }
}
