using System.Net;

namespace Exports.Bench.Raw;

/// <summary>
/// A client that sends requests side by side and looks at the answers: what a sink is measured against. Unlike a sink it keeps no
/// order, tries nothing again, and remembers nothing of where it was.
/// </summary>
internal static class RequestLoop
{
    /// <summary>Makes what sends requests one after the other; it may keep buffers from one to the next.</summary>
    /// <returns>Called with the records of one request; completes when all of them were accepted.</returns>
    internal delegate Func<ArraySegment<RawRecord>, Task> Sending(HttpMessageInvoker http);

    /// <summary>Sends everything; blocks. Then the process stays, so that what it has used can be read; its parent ends it.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="connections">How many clients to share; 0 for one that has a connection for each request under way.</param>
    /// <param name="sending">Called once for each request that may be under way.</param>
    public static void Run(RawSinkRequest request, int connections, Sending sending)
    {
        HttpMessageInvoker[] clients = [.. Enumerable.Range(0, Math.Max(1, connections)).Select(_ => new HttpMessageInvoker(new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        }))];
        var batches = new RawBatches(request);
        Task.WaitAll(Enumerable.Range(0, request.InFlight).Select(lane => Task.Run(() => SendAsync(sending(clients[lane % clients.Length])))));
        Thread.Sleep(Timeout.Infinite);

        async Task SendAsync(Func<ArraySegment<RawRecord>, Task> send)
        {
            while (await batches.NextAsync() is { Count: > 0 } batch)
                await send(batch);
        }
    }

    /// <summary>Reads an answer to its end.</summary>
    /// <returns>The buffer that it is in now, larger than the one given where that was needed, and its length.</returns>
    public static async Task<(byte[] Buffer, int Length)> ReadAsync(HttpContent content, byte[] buffer)
    {
        using var stream = await content.ReadAsStreamAsync();
        var length = 0;
        while (await stream.ReadAsync(buffer.AsMemory(length)) is var read and > 0)
        {
            length += read;
            if (length == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }

        return (buffer, length);
    }
}
