using System.Net;

namespace Exports.Bench.Raw;

/// <summary>POST of lines of JSON by HttpClient's own handler.</summary>
internal static class RawHttpLoop
{
    public static void Run(RawSinkRequest request)
    {
        RequestLoop.Run(request, connections: 0, http =>
        {
            var body = new byte[(request.Content.Size + 1) * request.RequestRecords];
            var answer = new byte[4096];
            return async batch =>
            {
                var length = 0;
                foreach (var record in batch)
                {
                    record.Value.CopyTo(body, length);
                    length += record.Value.Length;
                    body[length++] = (byte)'\n';
                }

                using var message = new HttpRequestMessage(HttpMethod.Post, request.Endpoint)
                {
                    Content = new ReadOnlyMemoryContent(body.AsMemory(0, length)),
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
