using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Exports.Peers.Tests;

/// <summary>Sends requests signed with Signature Version 4, and lets a test spoil them after they have been signed.</summary>
internal sealed class SignedClient(Uri endpoint) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    public string AccessKeyId { get; init; } = KinesisPeer.AccessKeyId;

    public string SecretAccessKey { get; init; } = KinesisPeer.SecretAccessKey;

    public string? SessionToken { get; init; }

    public string Region { get; init; } = KinesisPeer.Region;

    public TimeSpan Skew { get; init; }

    public bool SignTarget { get; init; } = true;

    /// <summary>Changes the request when it has been signed.</summary>
    public Action<HttpRequestMessage>? Spoil { get; init; }

    public Task<Answer> PutRecordsAsync(string stream, params IEnumerable<(string Key, byte[] Data)> records)
        => KinesisAsync("PutRecords", new
        {
            StreamName = stream,
            Records = records.Select(record => new { record.Data, PartitionKey = record.Key }).ToArray(),
        });

    public Task<Answer> KinesisAsync(string operation, object body, CancellationToken cancel = default)
        => SendAsync("kinesis", "application/x-amz-json-1.1", "Kinesis_20131202." + operation, JsonSerializer.SerializeToUtf8Bytes(body), cancel);

    public Task<Answer> AssumeRoleAsync(string role, string externalId)
        => SendAsync("sts", "application/x-www-form-urlencoded", null, Encoding.UTF8.GetBytes(
            $"Action=AssumeRole&Version=2011-06-15&RoleSessionName=exports&RoleArn={Uri.EscapeDataString(role)}&ExternalId={externalId}"));

    public void Dispose() => _http.Dispose();

    private async Task<Answer> SendAsync(
        string service, string contentType, string? target, byte[] body, CancellationToken cancel = default)
    {
        var date = (DateTime.UtcNow + Skew).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(body) };
        var signed = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["content-type"] = contentType,
            ["host"] = endpoint.Authority,
            ["x-amz-date"] = date,
        };
        request.Content.Headers.TryAddWithoutValidation("content-type", contentType);
        request.Headers.Add("x-amz-date", date);
        if (target is not null)
        {
            request.Headers.Add("x-amz-target", target);
            if (SignTarget)
                signed["x-amz-target"] = target;
        }

        if (SessionToken is not null)
            request.Headers.Add("x-amz-security-token", signed["x-amz-security-token"] = SessionToken);
        var names = string.Join(';', signed.Keys);
        var canonical = $"POST\n/\n\n{string.Concat(signed.Select(header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{Sha256(body)}";
        var scope = $"{date[..8]}/{Region}/{service}/aws4_request";
        var toSign = $"AWS4-HMAC-SHA256\n{date}\n{scope}\n{Sha256(Encoding.UTF8.GetBytes(canonical))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + SecretAccessKey);
        foreach (var part in scope.Split('/'))
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        request.Headers.TryAddWithoutValidation(
            "authorization", $"AWS4-HMAC-SHA256 Credential={AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}");
        Spoil?.Invoke(request);
        using var response = await _http.SendAsync(request, cancel);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(cancel));
    }

    private static string Sha256(byte[] data) => Convert.ToHexStringLower(SHA256.HashData(data));
}

/// <summary>What came back.</summary>
internal sealed record Answer(HttpStatusCode Status, string Body)
{
    /// <summary>The type of a JSON error.</summary>
    public string? ErrorType => Status == HttpStatusCode.OK ? null : JsonDocument.Parse(Body).RootElement.GetProperty("__type").GetString();

    /// <summary>What PutRecords says of each record: the error's code, or null where it was stored.</summary>
    public IReadOnlyList<string?> Records => [.. JsonDocument.Parse(Body).RootElement.GetProperty("Records").EnumerateArray()
        .Select(record => record.TryGetProperty("ErrorCode", out var code) ? code.GetString() : null)];

    /// <summary>The shards that PutRecords has put the records into.</summary>
    public IReadOnlyList<string?> Shards => [.. JsonDocument.Parse(Body).RootElement.GetProperty("Records").EnumerateArray()
        .Select(record => record.GetProperty("ShardId").GetString())];

    /// <summary>An element of an XML answer.</summary>
    public string Xml(string element) => Body.Split($"<{element}>")[1].Split($"</{element}>")[0];
}
