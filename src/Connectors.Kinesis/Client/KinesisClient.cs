using System.Buffers;
using System.Net;
using System.Text.Json;
using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Kinesis;

/// <summary>
/// Kinesis over HTTP: JSON 1.1, signed by Signature Version 4. Connections belong to the process and are shared by all clients.
/// Thread-safe.
/// </summary>
internal sealed partial class KinesisClient(
    KinesisEndpoint endpoint,
    string streamName,
    RenewingCredentials credentials,
    TimeSpan timeout,
    ILogger logger,
    TimeProvider time)
{
    public const string ContentType = "application/x-amz-json-1.1";

    private const string Service = "Kinesis_20131202.";
    private const string PutRecords = "PutRecords";
    private const string DescribeStreamSummary = "DescribeStreamSummary";

    // 2^128; hash keys end one below.
    private const string BeyondAllShards = "340282366920938463463374607431768211456";

    private const int MinAnswerBuffer = 4096;
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    private static readonly HttpMessageInvoker s_http = new(new SocketsHttpHandler
    {
        // An address may move; and what is idle should cost nothing.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        AutomaticDecompression = DecompressionMethods.None,
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    });

    private readonly SignatureV4 _signature = new(endpoint.Region, "kinesis");
    private TimeSpan _clockCorrection;

    /// <summary>Sends records that <see cref="RecordEncoder"/> has prepared. Returns when all were accepted.</summary>
    /// <exception cref="RecordsFailedException">Some were not accepted.</exception>
    /// <exception cref="RetriableException">None was accepted, or nobody knows.</exception>
    /// <exception cref="DataException">Kinesis refuses the request for what is in it.</exception>
    /// <exception cref="ConnectException">Kinesis refuses; the message says what to do.</exception>
    public async ValueTask PutRecordsAsync(SinkBatch records, bool partitionAsHashKey, CancellationToken cancellationToken)
    {
        using var body = PutRecordsBody.Write(streamName, records.Records, partitionAsHashKey);
        using var answer = await CallAsync(PutRecords, body, cancellationToken);
        PutRecordsAnswer.Check(answer.Bytes, records.Count);
    }

    /// <summary>
    /// Asks for what cannot be: to write a record outside of all shards. The service cannot do that, so nothing is written; but
    /// who may not write at all is told so.
    /// </summary>
    /// <exception cref="DataException">What is to be expected: the record is at fault.</exception>
    /// <inheritdoc cref="PutRecordsAsync" path="/exception"/>
    public async Task PutNowhereAsync(CancellationToken cancellationToken)
    {
        using var body = Copy(
            $$"""
            {"StreamName":"{{streamName}}","Records":[{"Data":"","PartitionKey":"-","ExplicitHashKey":"{{BeyondAllShards}}"}]}
            """);
        using var answer = await CallAsync(PutRecords, body, cancellationToken);
    }

    /// <summary>Asks how the stream is.</summary>
    /// <inheritdoc cref="PutRecordsAsync" path="/exception"/>
    public async Task<StreamSummary> DescribeStreamSummaryAsync(CancellationToken cancellationToken)
    {
        using var body = Copy($$"""{"StreamName":"{{streamName}}"}""");
        using var answer = await CallAsync(DescribeStreamSummary, body, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(answer.Memory);
            var summary = document.RootElement.GetProperty("StreamDescriptionSummary");
            return new(summary.GetProperty("StreamStatus").GetString()!, summary.GetProperty("OpenShardCount").GetInt32());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new RetriableException($"{endpoint} answered {DescribeStreamSummary} with what cannot be read.", e);
        }
    }

    private static RequestBody Copy(string json)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(System.Text.Encoding.UTF8.GetMaxByteCount(json.Length));
        return new(buffer, System.Text.Encoding.UTF8.GetBytes(json, buffer));
    }

    private async Task<Answer> CallAsync(string action, RequestBody body, CancellationToken cancellationToken)
    {
        var signer = await credentials.GetAsync(logger, cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            using var request = Sign(action, body, signer);
            using var response = await s_http.SendAsync(request, limit.Token);
            var answer = await ReadAsync(response.Content, limit.Token);
            if (response.StatusCode == HttpStatusCode.OK)
                return answer;
            using (answer)
                throw await RefusalAsync(action, response, answer, signer, cancellationToken);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RetriableException(
                $"{endpoint} did not answer {action} within {timeout.TotalMilliseconds:0} ms "
                + $"({KinesisKeys.RequestTimeout}).", e)
            { Cause = ErrorCause.DestinationUnreachable };
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RetriableException($"Kinesis, {endpoint}, cannot be reached: {e.GetBaseException().Message}", e) { Cause = ErrorCause.DestinationUnreachable };
        }
    }

    private HttpRequestMessage Sign(string action, RequestBody body, AwsCredentials signer)
    {
        var now = SignatureV4.Format(time.GetUtcNow() + _clockCorrection);
        var target = Service + action;
        ReadOnlySpan<(string, string)> signed = signer.SessionToken is { } token
            ? [("content-type", ContentType), ("host", endpoint.Host), ("x-amz-date", now), ("x-amz-security-token", token),
                ("x-amz-target", target)]
            : [("content-type", ContentType), ("host", endpoint.Host), ("x-amz-date", now), ("x-amz-target", target)];
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = body, Version = HttpVersion.Version11 };
        request.Headers.Host = endpoint.Host;
        request.Headers.TryAddWithoutValidation("X-Amz-Date", now);
        request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        if (signer.SessionToken is not null)
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", signer.SessionToken);
        request.Headers.TryAddWithoutValidation(
            "Authorization", _signature.Authorize(signer, now, signed, body.Bytes.Span));
        return request;
    }

    private async Task<ConnectException> RefusalAsync(
        string action, HttpResponseMessage response, Answer answer, AwsCredentials signer, CancellationToken cancellationToken)
    {
        var type = response.Headers.TryGetValues("x-amzn-ErrorType", out var types) ? types.FirstOrDefault() : null;
        var error = KinesisError.Read(response.StatusCode, type, answer.Bytes);
        if (error.IsAboutTime && response.Headers.Date is { } serviceTime)
        {
            _clockCorrection = serviceTime - time.GetUtcNow();
            Log.ClockCorrected(logger, (long)_clockCorrection.TotalSeconds);
            return new RetriableException(
                $"This machine's clock differs from the service's; the next request allows for it: {error}");
        }

        if (error.IsAboutCredentials)
        {
            var fresh = await credentials.ReplaceAsync(signer, cancellationToken);
            if (error.IsExpiry || !fresh.IsSameAs(signer))
                return new RetriableException($"The credentials were renewed: {error}") { Cause = ErrorCause.Credentials };
        }

        return error.ToException(action, streamName, endpoint, response.Headers.RetryAfter?.Delta);
    }

    private static async Task<Answer> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(
            (content.Headers.ContentLength ?? 0) + 1, MinAnswerBuffer, MaxAnswerBytes));
        var length = 0;
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken) is var read and > 0)
            {
                length += read;
                if (length < buffer.Length)
                    continue;
                if (length >= MaxAnswerBytes)
                    throw new IOException($"The answer is longer than {MaxAnswerBytes} bytes.");
                var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }

            return new(buffer, length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private sealed class Answer(byte[] buffer, int length) : IDisposable
    {
        private byte[]? _buffer = buffer;

        public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, length);

        public ReadOnlySpan<byte> Bytes => Memory.Span;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _buffer, null) is { } pooled)
                ArrayPool<byte>.Shared.Return(pooled);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "This machine's clock differs from Kinesis' by {Seconds} s; requests allow for it")]
        public static partial void ClockCorrected(ILogger logger, long seconds);
    }
}
