using Exports.Api.Security;
using Exports.Silo.Rest;

namespace Exports.Silo.Configuration;

/// <summary>What the REST API's surface is like: who may call, over what, and within which limits. Holds secrets.</summary>
public sealed record RestConfig
{
    /// <summary>The file of users for basic authentication; null where that is off.</summary>
    public string? UsersFile { get; init; }

    /// <summary>Which tokens are accepted; null where that is off.</summary>
    public BearerOptions? Bearer { get; init; }

    /// <summary>Whether callers must say who they are.</summary>
    public bool IsGuarded => UsersFile is not null || Bearer is not null;

    /// <summary>What anybody may read all the same.</summary>
    public required IReadOnlyList<string> OpenPaths { get; init; }

    /// <summary>Where alone <c>/admin</c> is served: null for every listener, empty for none.</summary>
    public IReadOnlyList<Listener>? AdminListeners { get; init; }

    /// <summary>TLS for the https listeners; null where there is none.</summary>
    internal TlsConfig? Tls { get; init; }

    /// <summary>The origins whose pages may call; empty for none, <c>*</c> for all.</summary>
    public required IReadOnlyList<string> AllowedOrigins { get; init; }

    /// <summary>The methods for those pages.</summary>
    public required IReadOnlyList<string> AllowedMethods { get; init; }

    /// <summary>The headers of every response.</summary>
    internal IReadOnlyList<ResponseHeader> ResponseHeaders { get; init; } = [];

    /// <summary>The largest request body, in bytes.</summary>
    public required int MaxRequestBytes { get; init; }

    /// <summary>The most bytes of all headers of a request.</summary>
    public required int MaxHeaderBytes { get; init; }

    /// <summary>The longest request line, in bytes.</summary>
    public required int MaxRequestLineBytes { get; init; }

    /// <summary>How many connections may be open at a time.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>How long a request may wait for the connectors.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>How long the head of a request may take to come.</summary>
    public required TimeSpan HeadersTimeout { get; init; }

    /// <summary>How long a connection may be open without a request.</summary>
    public required TimeSpan IdleTimeout { get; init; }
}
