using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Exports.Peers;

namespace Exports.Bench.Raw;

/// <summary>PutRecords by HttpClient's own handler: JSON, a signature, the answer looked at.</summary>
internal static class RawKinesisLoop
{
    private const string Target = "Kinesis_20131202.PutRecords";
    private const string ContentType = "application/x-amz-json-1.1";
    private const string Signed = "content-type;host;x-amz-date;x-amz-target";

    public static void Run(RawSinkRequest request)
    {
        var day = DateTime.UtcNow.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var scope = $"{day}/{KinesisPeer.Region}/kinesis/aws4_request";
        var signingKey = Encoding.ASCII.GetBytes("AWS4" + KinesisPeer.SecretAccessKey);
        foreach (var part in scope.Split('/'))
            signingKey = HMACSHA256.HashData(signingKey, Encoding.ASCII.GetBytes(part));
        var host = request.Endpoint.Authority;

        RequestLoop.Run(request, connections: 0, http =>
        {
            var body = new ArrayBufferWriter<byte>(512 * 1024);
            var json = new Utf8JsonWriter(body, new() { SkipValidation = true });
            var answer = new byte[256 * 1024];
            return async batch =>
            {
                Write(batch);
                using var message = Sign();
                using var response = await http.SendAsync(message, CancellationToken.None);
                (answer, var length) = await RequestLoop.ReadAsync(response.Content, answer);
                if (response.StatusCode != HttpStatusCode.OK || FailedRecords(answer.AsSpan(0, length)) != 0)
                    throw new InvalidOperationException($"PutRecords: {Encoding.UTF8.GetString(answer, 0, length)}");
            };

            void Write(ArraySegment<RawRecord> batch)
            {
                body.ResetWrittenCount();
                json.Reset();
                json.WriteStartObject();
                json.WriteString("StreamName"u8, request.Target);
                json.WriteStartArray("Records"u8);
                foreach (var record in batch)
                {
                    json.WriteStartObject();
                    json.WriteBase64String("Data"u8, record.Value);
                    json.WriteString("PartitionKey"u8, record.Key);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
                json.Flush();
            }

            HttpRequestMessage Sign()
            {
                var time = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
                var canonical = $"POST\n/\n\ncontent-type:{ContentType}\nhost:{host}\nx-amz-date:{time}\nx-amz-target:{Target}\n\n{Signed}\n{Hash(body.WrittenSpan)}";
                var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hash(Encoding.ASCII.GetBytes(canonical))}";
                var signature = Convert.ToHexStringLower(HMACSHA256.HashData(signingKey, Encoding.ASCII.GetBytes(toSign)));
                var message = new HttpRequestMessage(HttpMethod.Post, request.Endpoint) { Content = new ReadOnlyMemoryContent(body.WrittenMemory) };
                message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
                message.Headers.TryAddWithoutValidation("X-Amz-Date", time);
                message.Headers.TryAddWithoutValidation("X-Amz-Target", Target);
                message.Headers.TryAddWithoutValidation(
                    "Authorization", $"AWS4-HMAC-SHA256 Credential={KinesisPeer.AccessKeyId}/{scope}, SignedHeaders={Signed}, Signature={signature}");
                return message;
            }
        });
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    // The count stands at the front.
    private static int FailedRecords(ReadOnlySpan<byte> answer)
    {
        var reader = new Utf8JsonReader(answer);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("FailedRecordCount"u8))
                return reader.Read() ? reader.GetInt32() : -1;
        }

        return -1;
    }
}
