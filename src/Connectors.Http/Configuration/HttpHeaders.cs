using System.Collections.Frozen;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>The headers that a configuration adds to each request: one key under <c>http.headers.</c> for each.</summary>
internal static class HttpHeaders
{
    public const string Prefix = "http.headers.";
    public const string Authorization = "http.headers.authorization";
    public const string ContentType = "http.headers.content.type";

    private static readonly FrozenDictionary<string, string> s_refused = new Dictionary<string, string>
    {
        ["Authorization"] = $"write the key as {Authorization}",
        ["Content-Type"] = $"use {ContentType}",
        ["Content-Encoding"] = $"use {HttpSinkConfig.Compression}",
        ["Content-Length"] = "it follows from the body",
        ["Transfer-Encoding"] = "it follows from the body",
        ["Host"] = $"it follows from {HttpSinkConfig.Url}",
        ["Connection"] = "it is the connection's own",
        ["Keep-Alive"] = "it is the connection's own",
        ["Upgrade"] = "it is the connection's own",
        ["TE"] = "it is the connection's own",
        ["Trailer"] = "it is the connection's own",
        ["Expect"] = "no request waits for an interim answer",
        ["Proxy-Connection"] = "it is the connection's own",
        ["Proxy-Authorization"] = "give the proxy's credentials in the environment's proxy address",
        // The original's list of headers, which would otherwise become a header of this name.
        ["additional"] = $"give each header a key of its own, as in {Prefix}X-Api-Key",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the headers.</summary>
    /// <exception cref="ConfigException">A header cannot be sent; the message names its key.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Parse(IReadOnlyDictionary<string, string> config)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, given) in config)
        {
            if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key is Authorization or ContentType)
                continue;
            var name = key[Prefix.Length..];
            if (CheckName(name) is { } wrongName)
                throw new ConfigException(key, wrongName);
            var value = given.Trim();
            if (CheckValue(value) is { } wrongValue)
                throw new ConfigException(key, wrongValue);
            if (!headers.TryAdd(name, value))
                throw new ConfigException(key, "the header is there twice; the case of its name makes no difference");
        }

        return [.. headers];
    }

    /// <summary>What is wrong with a header's name, or null.</summary>
    public static string? CheckName(string name)
    {
        if (!IsToken(name))
            return "the name of a header has letters, digits and !#$%&'*+-.^_`|~, and nothing else";
        return s_refused.TryGetValue(name, out var instead) ? $"the header {name} cannot be set here: {instead}" : null;
    }

    /// <summary>What is wrong with a header's value, or null.</summary>
    public static string? CheckValue(string value)
        => value.All(c => c is >= ' ' and <= '~' or '\t')
            ? null
            : "the value of a header has printable ASCII characters only, and no line feeds";

    private static bool IsToken(string name)
        => name.Length > 0
            && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
