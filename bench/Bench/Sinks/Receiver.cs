using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Exports.Bench.Sinks;

/// <summary>
/// A destination that counts records and forgets them, on 127.0.0.1: lines that are posted over HTTP/1.1, and messages that are
/// published over gRPC. Blocks for as long as the process lives.
/// </summary>
/// <remarks>
/// <c>POST /records</c> counts, <c>GET /count</c> answers the count, <c>POST /reset</c> begins again; Publish comes to a port of its
/// own, since HTTP/2 without TLS must be known beforehand. Says its ports on standard output, as one line of JSON.
/// </remarks>
internal sealed class Receiver
{
    private const int FrameHead = 5;
    private const byte MessagesTag = (2 << 3) | 2;
    private const byte IdTag = (1 << 3) | 2;
    private const int IdLength = 16;

    private long _count;

    public static void Run()
    {
        var receiver = new Receiver();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            // So that the flow control of HTTP/2 is not what is measured.
            kestrel.Limits.Http2.InitialConnectionWindowSize = 32 * 1024 * 1024;
            kestrel.Limits.Http2.InitialStreamWindowSize = 1024 * 1024;
        });
        var app = builder.Build();
        app.Run(receiver.AnswerAsync);
        app.StartAsync().GetAwaiter().GetResult();
        int[] ports = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address).Port)];
        Console.WriteLine($$"""{"http":{{ports[0]}},"grpc":{{ports[1]}}}""");
        Thread.Sleep(Timeout.Infinite);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/count":
                await context.Response.WriteAsync(Volatile.Read(ref _count).ToString(CultureInfo.InvariantCulture));
                break;
            case "/reset":
                Volatile.Write(ref _count, 0);
                break;
            case "/records":
                Interlocked.Add(ref _count, await CountLinesAsync(context.Request.BodyReader));
                break;
            case "/google.pubsub.v1.Publisher/Publish":
                await PublishAsync(context);
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private static async Task<long> CountLinesAsync(PipeReader body)
    {
        var (lines, isOpen) = (0L, false);
        while (true)
        {
            var read = await body.ReadAsync();
            foreach (var segment in read.Buffer)
            {
                lines += segment.Span.Count((byte)'\n');
                isOpen = segment.IsEmpty ? isOpen : segment.Span[^1] != '\n';
            }

            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return lines + (isOpen ? 1 : 0);
        }
    }

    private async Task PublishAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        ReadResult read;
        while (!(read = await body.ReadAsync()).IsCompleted)
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        var messages = CountMessages(read.Buffer.Slice(FrameHead));
        body.AdvanceTo(read.Buffer.End);
        Interlocked.Add(ref _count, messages);

        context.Response.ContentType = "application/grpc";
        Write(context.Response.BodyWriter, messages);
        await context.Response.BodyWriter.FlushAsync();
        context.Response.AppendTrailer("grpc-status", "0");
    }

    // message PublishRequest { string topic = 1; repeated PubsubMessage messages = 2; }
    private static int CountMessages(ReadOnlySequence<byte> request)
    {
        var reader = new SequenceReader<byte>(request);
        var count = 0;
        while (reader.TryRead(out var tag))
        {
            if (tag == MessagesTag)
                count++;
            var length = 0;
            for (var shift = 0; reader.TryRead(out var next); shift += 7)
            {
                length |= (next & 0x7f) << shift;
                if (next < 0x80)
                    break;
            }

            reader.Advance(length);
        }

        return count;
    }

    // message PublishResponse { repeated string message_ids = 1; }
    private static void Write(PipeWriter writer, int messages)
    {
        var length = messages * (2 + IdLength);
        var frame = writer.GetSpan(FrameHead + length)[..(FrameHead + length)];
        frame.Fill((byte)'1');
        frame[0] = 0;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame[1..], length);
        for (var at = FrameHead; at < frame.Length; at += 2 + IdLength)
            (frame[at], frame[at + 1]) = (IdTag, IdLength);
        writer.Advance(frame.Length);
    }
}
