using Grpc.Core;

namespace Exports.Connectors.PubSub;

/// <summary>The headers of calls: which topic they concern (the service routes by it), and as whom. Made once a token.</summary>
internal sealed class CallHeaders
{
    private readonly string? _token;

    private CallHeaders(string? token, Metadata plain, Metadata compressed)
    {
        _token = token;
        Plain = plain;
        Compressed = compressed;
    }

    /// <summary>For calls whose message is not compressed.</summary>
    public Metadata Plain { get; }

    /// <summary>For calls whose message is compressed with gzip.</summary>
    public Metadata Compressed { get; }

    /// <summary>Whether they carry that token.</summary>
    public bool Carry(string? token) => string.Equals(_token, token, StringComparison.Ordinal);

    public static CallHeaders For(TopicName topic, string? token, string? quotaProject)
    {
        var compressed = Make(topic, token, quotaProject);
        // Grpc.Net.Client's way to say it for a single call; the header itself is not sent.
        compressed.Add("grpc-internal-encoding-request", "gzip");
        return new(token, Make(topic, token, quotaProject), compressed);
    }

    private static Metadata Make(TopicName topic, string? token, string? quotaProject)
    {
        var headers = new Metadata { { "x-goog-request-params", $"topic={Uri.EscapeDataString(topic.Resource)}" } };
        if (quotaProject is not null)
            headers.Add("x-goog-user-project", quotaProject);
        if (token is not null)
            headers.Add("authorization", $"Bearer {token}");
        return headers;
    }
}
