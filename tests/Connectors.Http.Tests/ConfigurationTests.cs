using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http.Tests;

/// <summary>What a configuration may hold.</summary>
public sealed class ConfigurationTests
{
    private const string Url = "https://receiver.example/hook";

    [Fact]
    public void An_address_is_enough()
    {
        var config = HttpSinkConfig.Parse(Sender.Keys(Url));
        var options = config.ToRequestOptions();

        Assert.Empty(HttpSinkConfig.Validate(Sender.Keys(Url)));
        Assert.Equal(HttpMethod.Post, config.HttpMethod);
        Assert.Equal(TimeSpan.FromSeconds(30), config.RequestTimeout);
        Assert.Equal((500, 999_998, 8, TimeSpan.FromMilliseconds(5)), (options.MaxRecords, options.MaxBytes, options.MaxInFlight, options.Linger));
        Assert.Equal(RequestOrder.WholeRequests, options.Order);
        Assert.Equal(RequestOrder.None, HttpSinkConfig.Parse(Sender.Keys(Url, ("http.order", "none"))).ToRequestOptions().Order);
    }

    [Theory]
    [InlineData("receiver.example/hook")]
    [InlineData("ftp://receiver.example/")]
    [InlineData("/hook")]
    [InlineData("http://")]
    [InlineData("https://receiver.example/#part")]
    public void An_address_that_cannot_be_sent_to_is_refused(string url)
    {
        var (key, message) = Assert.Single(HttpSinkConfig.Validate(Sender.Keys(url)));

        Assert.Equal("http.url", key);
        Assert.Contains($"Invalid value {url} for configuration http.url", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://ann:s3cret@receiver.example/")]
    [InlineData("htt ps://ann:s3cret@receiver.example/")]
    public void A_password_in_the_address_is_refused_and_not_shown(string url)
    {
        var (key, message) = Assert.Single(HttpSinkConfig.Validate(Sender.Keys(url)));

        Assert.Equal("http.url", key);
        Assert.Contains("http.authorization.type=basic", message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_at_sign_in_the_path_is_no_user_name()
        => Assert.Empty(HttpSinkConfig.Validate(Sender.Keys("https://receiver.example/@hook")));

    [Theory]
    [InlineData("http.headers.X Key", "1", "the name of a header")]
    [InlineData("http.headers.", "1", "the name of a header")]
    [InlineData("http.headers.X:Key", "1", "the name of a header")]
    [InlineData("http.headers.Content-Length", "1", "cannot be set here")]
    [InlineData("http.headers.host", "1", "cannot be set here")]
    [InlineData("http.headers.Transfer-Encoding", "chunked", "cannot be set here")]
    [InlineData("http.headers.Content-Type", "text/plain", "http.headers.content.type")]
    [InlineData("http.headers.Authorization", "Basic x", "http.headers.authorization")]
    [InlineData("http.headers.additional", "a:b", "a key of its own")]
    [InlineData("http.headers.X-Key", "s3cret\r\nX-Evil: 1", "printable ASCII")]
    [InlineData("http.headers.X-Key", "s3cret-ä", "printable ASCII")]
    [InlineData("http.headers.idempotency-key", "1", "sets this header already", "http.idempotency.header")]
    public void A_header_that_cannot_be_sent_is_refused_and_its_value_not_shown(string key, string value, string expected, string? at = null)
    {
        var (shown, message) = Assert.Single(HttpSinkConfig.Validate(Sender.Keys(Url, (key, value))));

        Assert.Equal(at ?? key, shown);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(shown, message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_is_not_given_twice()
        => Assert.Contains(
            "there twice",
            Assert.Single(HttpSinkConfig.Validate(Sender.Keys(Url, ("http.headers.X-Key", "1"), ("http.headers.x-key", "2")))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("batch.prefix", "[", "http.body.format=raw")]
    [InlineData("batch.separator", ";", "http.body.format=raw")]
    [InlineData("http.headers.authorization", "s3cret", "http.authorization.type=static")]
    [InlineData("http.authorization.user", "ann", "http.authorization.type=basic")]
    [InlineData("http.authorization.token", "s3cret", "http.authorization.type=bearer")]
    [InlineData("oauth2.client.id", "me", "http.authorization.type=oauth2")]
    [InlineData("oauth2.client.authorization.mode", "URL", "http.authorization.type=oauth2")]
    [InlineData("http.ssl.key.location", "/key.pem", "http.ssl.certificate.location")]
    [InlineData("http.signature.header", "X-Sig", "http.signature.secret")]
    public void A_key_without_effect_is_refused(string key, string value, string expected)
    {
        var (shown, message) = Assert.Single(HttpSinkConfig.Validate(Sender.Keys(Url, (key, value))));

        Assert.Equal(key, shown);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http.body.envelope", "true")]
    [InlineData("http.body.values", "string")]
    [InlineData("batch.separator", "\n")]
    [InlineData("batch.separator", @"\x")]
    [InlineData("batch.suffix", @"end\")]
    public void What_a_raw_body_cannot_have_is_refused(string key, string value)
        => Assert.Equal(key, Assert.Single(HttpSinkConfig.Validate(Sender.Keys(Url, ("http.body.format", "raw"), (key, value)))).Key);

    [Theory]
    [InlineData("static", "http.headers.authorization")]
    [InlineData("basic", "http.authorization.user")]
    [InlineData("bearer", "http.authorization.token")]
    [InlineData("oauth2", "oauth2.access.token.url")]
    public void A_kind_of_authorization_names_the_key_that_it_needs(string type, string key)
        => Assert.Equal(key, Assert.Single(HttpSinkConfig.Validate(Sender.Keys(Url, ("http.authorization.type", type)))).Key);

    [Fact]
    public void Files_that_cannot_be_read_are_refused()
    {
        using var authority = new Authority();
        var (certificate, _) = authority.WriteClient("CN=a", null);
        var noCertificate = authority.Write("empty.pem", "nothing");
        var wrongKey = authority.Write("wrong.key", "nothing");

        Assert.Equal("http.ssl.ca.location", KeyOf(("http.ssl.ca.location", "/nowhere/ca.pem")));
        Assert.Equal("http.ssl.ca.location", KeyOf(("http.ssl.ca.location", noCertificate)));
        Assert.Equal("http.ssl.certificate.location", KeyOf(("http.ssl.certificate.location", "/nowhere/c.pem")));
        Assert.Equal(
            "http.ssl.certificate.location", KeyOf(("http.ssl.certificate.location", certificate), ("http.ssl.key.location", wrongKey)));

        static string KeyOf(params (string, string)[] config) => Assert.Single(HttpSinkConfig.Validate(Sender.Keys(Url, config))).Key;
    }

    [Fact]
    public void Certificates_for_an_address_without_TLS_are_refused()
        => Assert.Equal(
            "http.ssl.ca.location",
            Assert.Single(HttpSinkConfig.Validate(Sender.Keys("http://receiver.example/", ("http.ssl.ca.location", "/ca.pem")))).Key);

    [Theory]
    [InlineData("http.method", "GET")]
    [InlineData("http.timeout.ms", "0")]
    [InlineData("http.max.in.flight", "0")]
    [InlineData("batch.max.size", "0")]
    [InlineData("batch.max.bytes", "0")]
    [InlineData("batch.linger.ms", "-1")]
    [InlineData("http.order", "global")]
    [InlineData("http.signature.header", "X Sig")]
    [InlineData("http.idempotency.header", "X Key")]
    public void A_value_that_is_not_allowed_names_its_key(string key, string value)
    {
        var error = Assert.Throws<ConfigException>(() => HttpSinkConfig.Parse(Sender.Keys(Url, (key, value))));

        Assert.Contains($"Invalid value {value} for configuration {key}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_passwords()
        => Assert.Equal(
            [
                "http.headers.authorization", "http.authorization.password", "http.authorization.token", "oauth2.client.secret",
                "http.signature.secret", "http.ssl.key.password",
            ],
            HttpSinkConfig.Definition.Where(key => key.Type == ConfigType.Password).Select(key => key.Name));
}
