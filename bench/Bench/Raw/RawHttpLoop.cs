using System.Net;

namespace Exports.Bench.Raw;

/// <summary>POST of lines of JSON by HttpClient's own handler.</summary>
internal static class RawHttpLoop
{
    public static void Run(RawSinkRequest request)
    {
        byte[] line = [.. request.Content.Value(), (byte)'\n'];
        RequestLoop.Run(request, connections: 0, http =>
        {
            var body = new byte[line.Length * request.RequestRecords];
            var answer = new byte[4096];
            return async (_, count) =>
            {
                for (var record = 0; record < count; record++)
                    line.CopyTo(body, record * line.Length);
                using var message = new HttpRequestMessage(HttpMethod.Post, request.Endpoint)
                {
                    Content = new ReadOnlyMemoryContent(body.AsMemory(0, line.Length * count)),
                };
                message.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-ndjson");
                using var response = await http.SendAsync(message, CancellationToken.None);
                (answer, _) = await RequestLoop.ReadAsync(response.Content, answer);
                if (response.StatusCode != HttpStatusCode.OK)
                    throw new InvalidOperationException($"POST: {response}");
            };
        });
    }
}
