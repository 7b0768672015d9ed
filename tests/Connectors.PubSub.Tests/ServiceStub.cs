using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Wire = Exports.Connectors.PubSub.Tests.Wire;

namespace Exports.Connectors.PubSub.Tests;

/// <summary>A call as it came over the wire.</summary>
internal sealed record StubCall(string Method, IReadOnlyDictionary<string, string> Headers, bool Compressed, int WireBytes, byte[] Message)
{
    public Wire.PublishRequest Published => Wire.PublishRequest.Parser.ParseFrom(Message);
}

/// <summary>What the stub answers.</summary>
internal sealed record StubAnswer(StatusCode Code, string Detail, IMessage? Message, byte[]? Details = null)
{
    public static StubAnswer Ok(IMessage message) => new(StatusCode.OK, "", message);

    public static StubAnswer Error(StatusCode code, string detail, byte[]? details = null) => new(code, detail, null, details);
}

/// <summary>Speaks gRPC over plain HTTP/2, and says what a test tells it to.</summary>
internal sealed class ServiceStub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServiceStub(WebApplication app) => _app = app;

    public ConcurrentQueue<StubCall> Calls { get; } = [];

    /// <summary>By default every message that is published is accepted.</summary>
    public Func<StubCall, CancellationToken, Task<StubAnswer>> Answer { get; set; } = static (call, _) => Task.FromResult(Accept(call));

    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    public ServiceEndpoint Endpoint => new("127.0.0.1", Port, Plaintext: true);

    public static async Task<ServiceStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        var stub = new ServiceStub(app);
        app.Run(stub.HandleAsync);
        await app.StartAsync();
        return stub;
    }

    public static StubAnswer Accept(StubCall call)
    {
        var response = new Wire.PublishResponse();
        response.MessageIds.AddRange(call.Published.Messages.Select((_, i) => $"id-{i}"));
        return StubAnswer.Ok(response);
    }

    public void AnswerWith(StubAnswer answer) => Answer = (_, _) => Task.FromResult(answer);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var frame = body.ToArray();
        Assert.Equal(frame.Length - 5, BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1)));
        var compressed = frame[0] == 1;
        var message = frame[5..];
        if (compressed)
        {
            Assert.Equal("gzip", context.Request.Headers["grpc-encoding"]);
            using var unzipped = new MemoryStream();
            await using (var gzip = new GZipStream(new MemoryStream(message), CompressionMode.Decompress))
                await gzip.CopyToAsync(unzipped);
            message = unzipped.ToArray();
        }

        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var call = new StubCall(context.Request.Path.Value!.Split('/')[^1], headers, compressed, frame.Length - 5, message);
        Calls.Enqueue(call);
        var answer = await Answer(call, context.RequestAborted);

        context.Response.ContentType = "application/grpc";
        if (answer.Message is { } content)
        {
            var bytes = content.ToByteArray();
            var head = new byte[5];
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), bytes.Length);
            await context.Response.Body.WriteAsync(head);
            await context.Response.Body.WriteAsync(bytes);
        }

        context.Response.AppendTrailer("grpc-status", ((int)answer.Code).ToString());
        context.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(answer.Detail));
        if (answer.Details is { } details)
            context.Response.AppendTrailer("grpc-status-details-bin", Convert.ToBase64String(details));
    }
}
