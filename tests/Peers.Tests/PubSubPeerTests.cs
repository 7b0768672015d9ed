using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Exports.Harness;
using static Exports.Peers.Tests.PublishClient;

namespace Exports.Peers.Tests;

/// <summary>The Pub/Sub peer does what the service would, and what it is told.</summary>
public sealed class PubSubPeerTests(PubSubFixture fixture) : IClassFixture<PubSubFixture>, IAsyncLifetime
{
    private const int Ok = 0;
    private const int InvalidArgument = 3;
    private const int Unauthenticated = 16;
    private const string PubSubScope = "https://www.googleapis.com/auth/pubsub";

    private readonly PubSubPeer _peer = fixture.Peer;
    private readonly PublishClient _client = new(fixture.Peer.Endpoint);
    private readonly string _topic = $"t{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        await _peer.SetFaultsAsync(new());
        await _peer.CreateTopicAsync(_topic);
        await _peer.ResetStatisticsAsync();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_published_comes_back_complete_and_in_order(bool ordered)
    {
        var topic = $"{_topic}-{ordered}";
        await _peer.CreateTopicAsync(topic, ordered);
        for (var request = 0; request < 30; request++)
        {
            var key = $"key-{request % 3}";
            Assert.Equal(Ok, await _client.PublishAsync(topic, Enumerable.Range(request * 50, 50)
                .Select(i => Message($"message {i}", key, ("number", $"{i}"), ("of", "1500")))));
        }

        var messages = await _peer.ReadAsync(topic, 1500);

        Assert.Equal(Enumerable.Range(0, 1500), messages.Select(Number).Order());
        foreach (var key in messages.GroupBy(message => message.OrderingKey))
        {
            var numbers = key.Select(Number).ToList();
            Assert.Equal(500, numbers.Count);
            Assert.Equal(numbers.Order(), numbers);
        }

        Assert.All(messages, message => Assert.Equal($"message {message.Attributes["number"]}", Encoding.UTF8.GetString(message.Data)));
        Assert.Equal(1500, (await _peer.StatisticsAsync()).AcceptedMessages);
        Assert.Empty(await _peer.ReadAsync(topic));
    }

    [Fact]
    public async Task Compressed_requests_are_understood()
    {
        using var client = new PublishClient(_peer.Endpoint) { Compress = true };
        Assert.Equal(Ok, await client.PublishAsync(_topic, [Message(new string('a', 100_000))]));
        Assert.Equal(InvalidArgument, await client.PublishAsync(_topic, [Message(new string('a', 10_000_000))]));

        Assert.Equal(100_000, Assert.Single(await _peer.ReadAsync(_topic, 1)).Data.Length);
        Assert.Equal(2, (await _peer.StatisticsAsync()).CompressedRequests);
    }

    public static TheoryData<string, byte[][], bool> Limits => new()
    {
        { "messages", Repeat(1000, Message("m")), true },
        { "messages", Repeat(1001, Message("m")), false },
        { "no messages", [], false },
        { "bytes", [Message(new string('a', 9_999_900))], true },
        { "bytes", [Message(new string('a', 6_000_000)), Message(new string('a', 4_000_000))], false },
        { "attributes", [Message("m", "", Attributes(100))], true },
        { "attributes", [Message("m", "", Attributes(101))], false },
        { "attribute key", [Message("m", "", (new string('k', 256), "v"))], true },
        { "attribute key", [Message("m", "", (new string('é', 129), "v"))], false },
        { "attribute value", [Message("m", "", ("k", new string('v', 1024)))], true },
        { "attribute value", [Message("m", "", ("k", new string('v', 1025)))], false },
        { "ordering key", [Message("m", new string('o', 1024))], true },
        { "ordering key", [Message("m", new string('o', 1025))], false },
        { "empty message", [Message("", "", ("k", "v"))], true },
        { "empty message", [Message("m"), Message("", "key")], false },
        { "one ordering key", [Message("m", "a"), Message("n", "a")], true },
        { "one ordering key", [Message("m", "a"), Message("n", "b")], false },
        { "one ordering key", [Message("m", "a"), Message("n")], false },
    };

    [Theory]
    [MemberData(nameof(Limits), DisableDiscoveryEnumeration = true)]
    public async Task The_limits_of_publish_are_kept(string limit, byte[][] messages, bool isWithin)
    {
        Assert.True(await _client.PublishAsync(_topic, messages) == (isWithin ? Ok : InvalidArgument), limit);
        var statistics = await _peer.StatisticsAsync();
        Assert.Equal(isWithin ? messages.Length : 0, statistics.AcceptedMessages);
        Assert.Equal(isWithin ? 0 : 1, statistics.Refused.GetValueOrDefault("INVALID_ARGUMENT"));
    }

    [Fact]
    public async Task A_status_strikes_before_and_after_as_often_as_asked()
    {
        (string Name, int Code)[] statuses =
        [
            ("UNAVAILABLE", 14), ("DEADLINE_EXCEEDED", 4), ("RESOURCE_EXHAUSTED", 8), ("INTERNAL", 13), ("ABORTED", 10),
            ("PERMISSION_DENIED", 7), ("UNAUTHENTICATED", 16), ("NOT_FOUND", 5), ("FAILED_PRECONDITION", 9),
        ];
        foreach (var (name, code) in statuses)
        {
            var always = new Dictionary<string, double> { [name] = 1 };
            await _peer.SetFaultsAsync(new() { StatusBefore = always, AtMost = 1 });
            Assert.Equal(code, await _client.PublishAsync(_topic, [Message("never")]));
            Assert.Equal(Ok, await _client.PublishAsync(_topic, [Message($"{name} once")]));

            await _peer.SetFaultsAsync(new() { StatusAfter = always, AtMost = 2 });
            Assert.Equal(code, await _client.PublishAsync(_topic, [Message($"{name} twice")]));
            Assert.Equal(code, await _client.PublishAsync(_topic, [Message($"{name} twice")]));
        }

        var messages = await _peer.ReadAsync(_topic, 2 * statuses.Length);
        Assert.Equal(
            statuses.SelectMany(status => new[] { $"{status.Name} once", $"{status.Name} twice", $"{status.Name} twice" }),
            messages.Select(message => Encoding.UTF8.GetString(message.Data)));
        var statistics = await _peer.StatisticsAsync();
        Assert.All(statuses, status =>
            Assert.Equal((1, 2), (statistics.Fault($"statusBefore.{status.Name}"), statistics.Fault($"statusAfter.{status.Name}"))));
    }

    public static TheoryData<string, PubSubFaults, bool> Breaks => new()
    {
        { "resetBefore", new() { ResetBefore = 1 }, false },
        { "resetAfter", new() { ResetAfter = 1 }, true },
        { "streamResetBefore", new() { StreamResetBefore = 1 }, false },
        { "streamResetAfter", new() { StreamResetAfter = 1 }, true },
    };

    [Theory]
    [MemberData(nameof(Breaks), DisableDiscoveryEnumeration = true)]
    public async Task A_request_breaks_off_before_and_after(string name, PubSubFaults faults, bool isPublished)
    {
        await _peer.SetFaultsAsync(faults with { AtMost = 1 });

        await Assert.ThrowsAsync<HttpRequestException>(() => _client.PublishAsync(_topic, [Message("one")]));

        Assert.Equal(Ok, await _client.PublishAsync(_topic, [Message("two")]));
        Assert.Equal(isPublished ? 2 : 1, (await _peer.ReadAsync(_topic, 1)).Count);
        Assert.Equal(1, (await _peer.StatisticsAsync()).Fault(name));
    }

    [Fact]
    public async Task A_connection_that_goes_away_answers_first()
    {
        await _peer.SetFaultsAsync(new() { GoAway = 1, AtMost = 1 });
        Assert.Equal(Ok, await _client.PublishAsync(_topic, [Message("one")]));
        Assert.Equal(Ok, await _client.PublishAsync(_topic, [Message("two")]));
        var statistics = await _peer.StatisticsAsync();
        Assert.Equal((1, 2, 2), (statistics.Fault("goAway"), statistics.Connections, statistics.AcceptedMessages));
    }

    [Fact]
    public async Task A_proxy_may_answer_instead()
    {
        await _peer.SetFaultsAsync(new() { HttpUnavailable = 1, AtMost = 1 });
        Assert.Equal(-503, await _client.PublishAsync(_topic, [Message("one")]));
        Assert.Equal(Ok, await _client.PublishAsync(_topic, [Message("two")]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_is_never_answered_stays_open(bool isPublished)
    {
        await _peer.SetFaultsAsync(isPublished ? new() { NoAnswerAfter = 1, AtMost = 1 } : new() { NoAnswerBefore = 1, AtMost = 1 });
        using var cancel = new CancellationTokenSource();

        var unanswered = _client.PublishAsync(_topic, [Message("one")], cancel.Token);
        await Waiting.UntilAsync("the fault has struck", async () =>
            (await _peer.StatisticsAsync()).Fault(isPublished ? "noAnswerAfter" : "noAnswerBefore") == 1);

        Assert.Equal(Ok, await _client.PublishAsync(_topic, [Message("two")]));
        Assert.False(unanswered.IsCompleted);
        Assert.Equal(isPublished ? 2 : 1, (await _peer.ReadAsync(_topic, 1)).Count);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unanswered);
        await Waiting.UntilAsync("no request is in flight", async () => (await _peer.StatisticsAsync()).InFlight == 0);
    }

    [Fact]
    public async Task A_stalled_peer_holds_requests_until_it_is_released()
    {
        await _peer.SetFaultsAsync(new() { Stall = true });
        var held = Enumerable.Range(0, 4).Select(i => _client.PublishAsync(_topic, [Message($"{i}")])).ToArray();
        await Waiting.UntilAsync("four requests are held", async () => (await _peer.StatisticsAsync()).Fault("stalled") == 4);
        Assert.Equal(0, (await _peer.StatisticsAsync()).AcceptedMessages);
        Assert.DoesNotContain(held, request => request.IsCompleted);

        await _peer.SetFaultsAsync(new());

        Assert.All(await Task.WhenAll(held), status => Assert.Equal(Ok, status));
        var statistics = await _peer.StatisticsAsync();
        Assert.Equal((4, 0, 4), (statistics.MostInFlight, statistics.InFlight, statistics.AcceptedMessages));
    }

    [Fact]
    public async Task Only_tokens_that_were_issued_and_are_still_good_are_accepted()
    {
        await _peer.SetRequireTokenAsync(true);
        try
        {
            Assert.Equal(Unauthenticated, await _client.PublishAsync(_topic, [Message("none")]));
            Assert.Equal(Unauthenticated, await PublishAsync("forged"));

            var token = await TokenAsync(Jwt());
            Assert.Equal(Ok, await PublishAsync(token));
            await _peer.ExpireTokensAsync();
            Assert.Equal(Unauthenticated, await PublishAsync(token));

            Assert.Equal(Ok, await PublishAsync(await MetadataTokenAsync()));
            Assert.Equal(Unauthenticated, await PublishAsync("of-the-test"));
            await _peer.AddValidTokensAsync("of-the-test");
            Assert.Equal(Ok, await PublishAsync("of-the-test"));

            // A JWT that the service account has signed for the service itself.
            Assert.Equal(Ok, await PublishAsync(Jwt(audience: "https://pubsub.googleapis.com/", scope: null)));
            Assert.Equal(Unauthenticated, await PublishAsync(Jwt(audience: "https://storage.googleapis.com/", scope: null)));

            await _peer.SetTokenLifeAsync(TimeSpan.FromSeconds(1));
            var brief = await TokenAsync(Jwt());
            await Waiting.UntilAsync("the token has expired", async () => await PublishAsync(brief) == Unauthenticated);
            Assert.Equal(3, (await _peer.StatisticsAsync()).TokensIssued);
        }
        finally
        {
            await _peer.SetRequireTokenAsync(false);
            await _peer.SetTokenLifeAsync(TimeSpan.FromHours(1));
        }
    }

    [Fact]
    public async Task The_token_endpoint_refuses_what_the_service_account_has_not_signed_for_it()
    {
        using var stranger = RSA.Create(2048);
        foreach (var jwt in new[]
        {
            Jwt(key: stranger),
            Jwt(audience: "https://oauth2.example.com/token"),
            Jwt(scope: "https://www.googleapis.com/auth/devstorage.read_only"),
            Jwt(issuer: "other@external-mux.iam.gserviceaccount.com"),
            Jwt(age: TimeSpan.FromHours(2)),
            "not.a.jwt",
        })
        {
            using var answer = await AskForTokenAsync(jwt);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        var statistics = await _peer.StatisticsAsync();
        Assert.Equal((0, 6), (statistics.TokensIssued, statistics.TokensRefused));
        using var http = new HttpClient();
        using var unflavored = await http.GetAsync($"http://{_peer.MetadataHost}/computeMetadata/v1/instance/service-accounts/default/token");
        Assert.Equal(HttpStatusCode.Forbidden, unflavored.StatusCode);

        await _peer.SetFaultsAsync(new() { TokenUnavailable = 1, AtMost = 1 });
        using var unavailable = await AskForTokenAsync(Jwt());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unavailable.StatusCode);
        await _peer.SetFaultsAsync(new() { TokenRefused = 1, AtMost = 1 });
        using var refused = await AskForTokenAsync(Jwt());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.NotEmpty(await TokenAsync(Jwt()));
    }

    private static int Number(PubSubMessage message) => int.Parse(message.Attributes["number"]);

    private static byte[][] Repeat(int count, byte[] message) => [.. Enumerable.Repeat(message, count)];

    private static IEnumerable<(string, string)> Attributes(int count) => Enumerable.Range(0, count).Select(i => ($"k{i}", "v"));

    private async Task<int> PublishAsync(string token)
    {
        using var client = new PublishClient(_peer.Endpoint) { Token = token };
        return await client.PublishAsync(_topic, [Message("with a token")]);
    }

    // A JWT as the service account signs it when it asks for a token.
    private string Jwt(
        RSA? key = null, string? audience = null, string? scope = PubSubScope, string issuer = PubSubPeer.ServiceAccount, TimeSpan age = default)
    {
        using var account = JsonDocument.Parse(_peer.ServiceAccountJson());
        using var own = RSA.Create();
        own.ImportFromPem(account.RootElement.GetProperty("private_key").GetString());
        var issued = (DateTimeOffset.UtcNow - age).ToUnixTimeSeconds();
        var signed = Encode("""{"alg":"RS256","typ":"JWT"}"""u8) + "." + Encode(JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = issuer,
            sub = issuer,
            aud = audience ?? account.RootElement.GetProperty("token_uri").GetString(),
            scope,
            iat = issued,
            exp = issued + 3600,
        }));
        return signed + "." + Encode((key ?? own).SignData(Encoding.UTF8.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
    }

    private async Task<HttpResponseMessage> AskForTokenAsync(string jwt)
    {
        using var http = new HttpClient();
        return await http.PostAsync(_peer.TokenEndpoint, new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = jwt,
        }));
    }

    private async Task<string> TokenAsync(string jwt)
    {
        using var answer = await AskForTokenAsync(jwt);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    private async Task<string> MetadataTokenAsync()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Metadata-Flavor", "Google");
        var answer = await http.GetFromJsonAsync<JsonElement>($"http://{_peer.MetadataHost}/computeMetadata/v1/instance/service-accounts/default/token");
        return answer.GetProperty("access_token").GetString()!;
    }
}
