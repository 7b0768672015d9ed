using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Exports.Harness;

namespace Exports.Peers;

/// <summary>
/// A Kinesis to test against: an emulator that keeps streams in memory, and a front that checks signatures, keeps the service's
/// limits, plays the Security Token Service, and injects faults.
/// </summary>
public sealed class KinesisPeer : IAsyncDisposable
{
    /// <summary>The region.</summary>
    public const string Region = "us-east-1";

    /// <summary>The access key that the front knows; the one of AWS's documentation.</summary>
    public const string AccessKeyId = "AKIAIOSFODNN7EXAMPLE";

    /// <summary>Its secret.</summary>
    public const string SecretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    /// <summary>The role that the access key may assume.</summary>
    public const string RoleArn = "arn:aws:iam::000000000000:role/exports";

    /// <summary>The external id that this takes.</summary>
    public const string ExternalId = "customer-42";

    private readonly HttpClient _http = new();
    private readonly FrontControl _control;

    private KinesisPeer(ChildProcess emulator, int emulatorPort, ChildProcess front, int frontPort, int controlPort)
    {
        Emulator = emulator;
        Front = front;
        UpstreamEndpoint = new($"http://127.0.0.1:{emulatorPort}");
        Endpoint = new($"http://127.0.0.1:{frontPort}");
        _control = new(controlPort);
    }

    /// <summary>Where the front serves Kinesis and the Security Token Service.</summary>
    public Uri Endpoint { get; }

    /// <summary>Where the emulator itself serves: no checks, no faults.</summary>
    public Uri UpstreamEndpoint { get; }

    /// <summary>The emulator's process.</summary>
    public ChildProcess Emulator { get; }

    /// <summary>The front's process.</summary>
    public ChildProcess Front { get; }

    /// <summary>Starts both.</summary>
    /// <param name="directory">Where their output goes; made when it is missing.</param>
    /// <param name="verify">Whether signatures are checked.</param>
    /// <exception cref="InvalidOperationException">One of them did not start; the message has its output.</exception>
    public static async Task<KinesisPeer> StartAsync(string directory, bool verify = true)
    {
        var (emulator, emulatorPorts) = await Programs.ServeAsync("kinesis-emulator", directory);
        try
        {
            var (front, ports) = await Programs.ServeAsync(
                "kinesis-front",
                directory,
                ("upstream", emulatorPorts["port"].ToString(CultureInfo.InvariantCulture)),
                ("region", Region),
                ("access-key", AccessKeyId),
                ("secret-key", SecretAccessKey),
                ("role-arn", RoleArn),
                ("external-id", ExternalId),
                ("verify", verify ? "true" : "false"));
            return new(emulator, emulatorPorts["port"], front, ports["port"], ports["control"]);
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a stream, and waits until it is ACTIVE.</summary>
    /// <exception cref="InvalidOperationException">The emulator refused.</exception>
    public async Task CreateStreamAsync(string name, int shards)
    {
        await CallUpstreamAsync("CreateStream", new { StreamName = name, ShardCount = shards });
        await Waiting.UntilAsync($"stream {name} is ACTIVE", async () =>
        {
            using var answer = await CallUpstreamAsync("DescribeStreamSummary", new { StreamName = name });
            return answer.RootElement.GetProperty("StreamDescriptionSummary").GetProperty("StreamStatus").GetString() == "ACTIVE";
        });
    }

    /// <summary>Deletes a stream, and waits until it is gone.</summary>
    /// <exception cref="InvalidOperationException">The emulator refused.</exception>
    public async Task DeleteStreamAsync(string name)
    {
        await CallUpstreamAsync("DeleteStream", new { StreamName = name });
        await Waiting.UntilAsync($"stream {name} is gone", async () =>
        {
            using var answer = await CallUpstreamAsync("ListStreams", new { });
            return answer.RootElement.GetProperty("StreamNames").EnumerateArray().All(stream => stream.GetString() != name);
        });
    }

    /// <summary>Replaces all faults; <c>new()</c> for none.</summary>
    public Task SetFaultsAsync(KinesisFaults faults) => _control.SetAsync("faults", faults);

    /// <summary>Whether signatures are checked from now on.</summary>
    public Task SetVerifyAsync(bool verify) => _control.SetAsync("verify", verify);

    /// <summary>
    /// Whether PutRecords is answered, from now on, as if the records were stored. They are only counted, as accepted: for measurements
    /// that the emulator would limit.
    /// </summary>
    public Task SetDiscardAsync(bool discard) => _control.SetAsync("discard", discard);

    /// <summary>Which role may be assumed, with which external id, from now on.</summary>
    public Task SetRoleAsync(string arn, string externalId) => _control.SetAsync("role", new { arn, externalId });

    /// <summary>How long sessions live that are issued from now on, instead of the duration that the client asks for.</summary>
    public Task SetSessionLifeAsync(TimeSpan life) => _control.SetAsync("sessionLifeSeconds", life.TotalSeconds);

    /// <summary>
    /// Ends all sessions that AssumeRole has issued, before the time that they were told: requests with them are refused with
    /// ExpiredTokenException. New sessions can be had.
    /// </summary>
    public Task ExpireSessionsAsync() => _control.SetAsync("expireSessions", true);

    /// <summary>What the front has counted.</summary>
    public Task<KinesisStatistics> StatisticsAsync() => _control.StatisticsAsync<KinesisStatistics>();

    /// <summary>Counts from zero again.</summary>
    public Task ResetStatisticsAsync() => _control.SetAsync("resetStatistics", true);

    /// <summary>Reads a stream with the vendor's own client, every shard from its beginning.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="expected">
    /// How many records, distinct by partition key and data, to wait for; reading goes on to the end of every shard. 0: what is
    /// there, and comes within <paramref name="idle"/> of the last.
    /// </param>
    /// <param name="idle">How long to wait at most for the next record when there are fewer than expected; by default 10 s, and none for 0.</param>
    /// <param name="endpoint">Where to read; by default at the emulator, past the front and its faults.</param>
    /// <returns>All records, also those that came twice, in their order within a shard.</returns>
    /// <exception cref="InvalidOperationException">The client failed; the message has its output.</exception>
    public async Task<IReadOnlyList<KinesisRecord>> ReadAsync(string stream, int expected = 0, TimeSpan? idle = null, Uri? endpoint = null)
    {
        var records = new List<KinesisRecord>(expected);
        var names = new Dictionary<string, string>();
        await Programs.ReadAsync(
            "kinesis-read",
            line =>
            {
                var json = new Utf8JsonReader(line.Span);
                json.Read();
                var shard = Name(ref json);
                json.Read();
                var sequenceNumber = json.GetString()!;
                var key = Name(ref json);
                json.Read();
                records.Add(new(shard, sequenceNumber, key, json.GetBytesFromBase64()));
            },
            ("endpoint", (endpoint ?? UpstreamEndpoint).ToString()),
            ("region", Region),
            ("access-key", AccessKeyId),
            ("secret-key", SecretAccessKey),
            ("stream", stream),
            ("expected", expected.ToString(CultureInfo.InvariantCulture)),
            ("idle", Programs.Milliseconds(idle ?? (expected > 0 ? TimeSpan.FromSeconds(10) : TimeSpan.Zero))));
        return records;

        // Shards and keys come again and again.
        string Name(ref Utf8JsonReader json)
        {
            json.Read();
            var name = json.GetString()!;
            return names.TryGetValue(name, out var known) ? known : names[name] = name;
        }
    }

    /// <summary>Ends both.</summary>
    public async ValueTask DisposeAsync()
    {
        await Front.DisposeAsync();
        await Emulator.DisposeAsync();
        _control.Dispose();
        _http.Dispose();
    }

    private async Task<JsonDocument> CallUpstreamAsync(string operation, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, UpstreamEndpoint)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", "Kinesis_20131202." + operation);
        request.Headers.Add("X-Amz-Date", "-");
        // The emulator wants one, and does not look at it.
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=-, SignedHeaders=-, Signature=-");
        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadAsByteArrayAsync();
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{operation}: {Encoding.UTF8.GetString(answer)}");
        return JsonDocument.Parse(answer.Length == 0 ? "{}"u8.ToArray() : answer);
    }
}
