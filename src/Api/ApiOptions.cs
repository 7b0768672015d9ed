using System.Reflection;

namespace Exports.Api;

/// <summary>The limits of the REST surface, and what it says about the worker.</summary>
public sealed record ApiOptions
{
    /// <summary>The version that <c>GET /</c> tells; by default the one that was built.</summary>
    public string Version { get; init; } = Build.Version;

    /// <summary>The commit that <c>GET /</c> tells; by default the one that was built, or <c>unknown</c>.</summary>
    public string Commit { get; init; } = Build.Commit;

    /// <summary>The largest request body in bytes; at least 1. A larger one is answered with 413.</summary>
    public long MaxRequestBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>How long a request may wait for the connectors; above zero.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long <c>GET /health</c> waits before it says <c>unhealthy</c>; above zero.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a listing waits for the status of one connector before it shows it as UNASSIGNED; above zero.</summary>
    public TimeSpan ListingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many connectors one listing asks at a time; at least 1.</summary>
    public int ListingConcurrency { get; init; } = 32;

    /// <summary>How long a destination may take to answer where a request asks for <c>preflight=true</c>; above zero.</summary>
    public TimeSpan PreflightTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether the topics that connectors have read are told (<c>topic.tracking.enable</c>).</summary>
    public bool TracksTopics { get; init; } = true;

    /// <summary>Whether a connector's list of topics may be reset (<c>topic.tracking.allow.reset</c>).</summary>
    public bool AllowsTopicReset { get; init; } = true;

    /// <summary>Whether connectors may run in this process; else it answers for workers that run them.</summary>
    public bool RunsConnectors { get; init; } = true;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRequestBodyBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HealthTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ListingTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ListingConcurrency, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PreflightTimeout, TimeSpan.Zero);
    }

    private static class Build
    {
        private static readonly string[] s_parts =
            (typeof(ApiOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "")
            .Split('+', 2);

        public static string Version => s_parts[0];

        public static string Commit => s_parts is [_, { Length: > 0 } commit] ? commit : "unknown";
    }
}
