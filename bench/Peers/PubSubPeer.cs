using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Exports.Harness;

namespace Exports.Peers;

/// <summary>
/// A Pub/Sub to test against: Google's emulator, or Google's fake where the machine has none, and a front that keeps the service's
/// limits, issues and checks access tokens, and injects faults.
/// </summary>
public sealed class PubSubPeer : IAsyncDisposable
{
    /// <summary>The project.</summary>
    public const string Project = "external-mux";

    /// <summary>The service account that the token endpoint knows.</summary>
    public const string ServiceAccount = "exports@external-mux.iam.gserviceaccount.com";

    private readonly RSA _key;
    private readonly FrontControl _control;
    private readonly PubSubAdmin _admin;

    private PubSubPeer(RSA key, ChildProcess emulator, int emulatorPort, ChildProcess front, IReadOnlyDictionary<string, int> ports)
    {
        _key = key;
        Emulator = emulator;
        Front = front;
        UpstreamEndpoint = new($"http://127.0.0.1:{emulatorPort}");
        Endpoint = new($"http://127.0.0.1:{ports["port"]}");
        TokenEndpoint = new($"http://127.0.0.1:{ports["tokens"]}/token");
        _control = new(ports["control"]);
        _admin = new(UpstreamEndpoint);
    }

    /// <summary>Where the front serves Pub/Sub: gRPC over HTTP/2 without TLS.</summary>
    public Uri Endpoint { get; }

    /// <summary>Where the emulator itself serves: no checks, no faults.</summary>
    public Uri UpstreamEndpoint { get; }

    /// <summary>The OAuth2 token endpoint, for JWTs that <see cref="ServiceAccount"/> has signed.</summary>
    public Uri TokenEndpoint { get; }

    /// <summary>The metadata server, as <c>host:port</c> for <c>GCE_METADATA_HOST</c>.</summary>
    public string MetadataHost => TokenEndpoint.Authority;

    /// <summary>The emulator's process.</summary>
    public ChildProcess Emulator { get; }

    /// <summary>The front's process.</summary>
    public ChildProcess Front { get; }

    /// <summary>Starts both.</summary>
    /// <param name="directory">Where their output goes; made when it is missing.</param>
    /// <exception cref="InvalidOperationException">One of them did not start; the message has its output.</exception>
    public static async Task<PubSubPeer> StartAsync(string directory)
    {
        var (emulator, emulatorPort) = await PubSubEmulator.StartAsync(directory);
        var key = RSA.Create(2048);
        try
        {
            var publicKey = Path.Combine(directory, $"key-{Guid.NewGuid():N}.pem");
            await File.WriteAllTextAsync(publicKey, key.ExportSubjectPublicKeyInfoPem());
            var (front, ports) = await Programs.ServeAsync(
                "pubsub-front",
                directory,
                ("upstream", emulatorPort.ToString(CultureInfo.InvariantCulture)),
                ("upstream-pid", emulator.Id.ToString(CultureInfo.InvariantCulture)),
                ("public-key-file", publicKey),
                ("email", ServiceAccount));
            return new(key, emulator, emulatorPort, front, ports);
        }
        catch
        {
            key.Dispose();
            await emulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a topic, and a subscription of the same name, which <see cref="ReadAsync"/> reads.</summary>
    /// <param name="topic">Its short name, as in <c>views</c> for <c>projects/external-mux/topics/views</c>.</param>
    /// <param name="ordered">
    /// Whether the subscription has message ordering. Google's emulator gets slow then when more than some thousand messages wait;
    /// <see cref="PubSubMessage.Accepted"/> tells the order either way.
    /// </param>
    /// <exception cref="InvalidOperationException">The emulator refused.</exception>
    public async Task CreateTopicAsync(string topic, bool ordered = true)
    {
        await _admin.CreateTopicAsync($"projects/{Project}/topics/{topic}");
        await _admin.CreateSubscriptionAsync($"projects/{Project}/subscriptions/{topic}", $"projects/{Project}/topics/{topic}", ordered);
    }

    /// <summary>Creates a topic that nobody subscribes to: Google's emulator keeps none of its messages.</summary>
    /// <exception cref="InvalidOperationException">The emulator refused.</exception>
    public Task CreateTopicAloneAsync(string topic) => _admin.CreateTopicAsync($"projects/{Project}/topics/{topic}");

    /// <summary>Deletes a topic. Its subscription stays, and gets nothing more.</summary>
    /// <exception cref="InvalidOperationException">The emulator refused.</exception>
    public Task DeleteTopicAsync(string topic) => _admin.DeleteTopicAsync($"projects/{Project}/topics/{topic}");

    /// <summary>Replaces all faults; <c>new()</c> for none.</summary>
    public Task SetFaultsAsync(PubSubFaults faults) => _control.SetAsync("faults", faults);

    /// <summary>Whether every request must show an access token that is good; at first it need not.</summary>
    public Task SetRequireTokenAsync(bool require) => _control.SetAsync("requireToken", require);

    /// <summary>Adds tokens that are good until <see cref="ExpireTokensAsync"/>.</summary>
    public Task AddValidTokensAsync(params IEnumerable<string> tokens) => _control.SetAsync("validTokens", tokens);

    /// <summary>How long tokens live that are issued from now on; at first an hour. Whole seconds.</summary>
    public Task SetTokenLifeAsync(TimeSpan life) => _control.SetAsync("tokenLifeSeconds", (long)life.TotalSeconds);

    /// <summary>Ends all tokens, before the time that they were told. New ones can be had.</summary>
    public Task ExpireTokensAsync() => _control.SetAsync("expireTokens", true);

    /// <summary>What the front has counted.</summary>
    public Task<PubSubStatistics> StatisticsAsync() => _control.StatisticsAsync<PubSubStatistics>();

    /// <summary>Counts from zero again.</summary>
    public Task ResetStatisticsAsync() => _control.SetAsync("resetStatistics", true);

    /// <summary>The JSON key of <see cref="ServiceAccount"/>, as Google's console hands it out; its <c>token_uri</c> is <see cref="TokenEndpoint"/>.</summary>
    public string ServiceAccountJson() => JsonSerializer.Serialize(new
    {
        type = "service_account",
        project_id = Project,
        private_key_id = "1",
        private_key = _key.ExportPkcs8PrivateKeyPem(),
        client_email = ServiceAccount,
        client_id = "1",
        token_uri = TokenEndpoint.ToString(),
    });

    /// <summary>Writes <see cref="ServiceAccountJson"/> to a file.</summary>
    public Task WriteServiceAccountFileAsync(string path) => File.WriteAllTextAsync(path, ServiceAccountJson());

    /// <summary>
    /// Reads the subscription of a topic with the vendor's own client, and acknowledges what it has read: the next call reads what
    /// came later.
    /// </summary>
    /// <param name="topic">The topic's short name.</param>
    /// <param name="expected">
    /// How many messages, distinct by ordering key, attributes and data, to wait for; then as many more as are there. 0: what is there,
    /// and comes within <paramref name="idle"/> of the last.
    /// </param>
    /// <param name="idle">How long to wait at most for the next message when there are fewer than expected; by default 10 s, and 0.5 s for 0.</param>
    /// <returns>All messages, also those that came twice, in the order in which they were accepted.</returns>
    /// <exception cref="InvalidOperationException">The client failed; the message has its output.</exception>
    public async Task<IReadOnlyList<PubSubMessage>> ReadAsync(string topic, int expected = 0, TimeSpan? idle = null)
    {
        var messages = new List<PubSubMessage>(expected);
        await Programs.ReadAsync(
            "pubsub-read",
            line =>
            {
                using var json = JsonDocument.Parse(line);
                var parts = json.RootElement;
                messages.Add(new(
                    parts[0].GetString()!,
                    parts[1].GetString()!,
                    parts[2].EnumerateObject().ToDictionary(attribute => attribute.Name, attribute => attribute.Value.GetString()!),
                    parts[3].GetBytesFromBase64()));
            },
            ("port", UpstreamEndpoint.Port.ToString(CultureInfo.InvariantCulture)),
            ("subscription", $"projects/{Project}/subscriptions/{topic}"),
            ("expected", expected.ToString(CultureInfo.InvariantCulture)),
            ("idle", Programs.Milliseconds(idle ?? (expected > 0 ? TimeSpan.FromSeconds(10) : TimeSpan.FromSeconds(0.5)))));
        // The fake hands messages out in any order.
        messages.Sort((a, b) => a.Accepted.CompareTo(b.Accepted));
        return messages;
    }

    /// <summary>Ends both.</summary>
    public async ValueTask DisposeAsync()
    {
        await Front.DisposeAsync();
        await Emulator.DisposeAsync();
        _control.Dispose();
        _admin.Dispose();
        _key.Dispose();
    }
}
