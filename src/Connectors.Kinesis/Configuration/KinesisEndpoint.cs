using System.Text.RegularExpressions;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>Where Kinesis is, and the region that requests are signed for.</summary>
/// <param name="Url">Scheme, host and port.</param>
/// <param name="Region">The region.</param>
internal sealed partial record KinesisEndpoint(Uri Url, string Region)
{
    private const string Allowed = "allowed: a host, host:port, or an http or https URL without a path";

    // Read by all AWS SDKs.
    private const string ServiceUrlVariable = "AWS_ENDPOINT_URL_KINESIS";
    private const string UrlVariable = "AWS_ENDPOINT_URL";
    private static readonly string[] s_regionVariables = ["AWS_REGION", "AWS_DEFAULT_REGION"];

    /// <summary>The host as the header <c>Host</c> has it: with the port where it is not the scheme's own.</summary>
    public string Host { get; } = Url.IsDefaultPort ? BareHost(Url) : $"{BareHost(Url)}:{Url.Port}";

    /// <summary>Finds out what a configuration and the environment mean.</summary>
    /// <param name="endpoint">The key <c>kinesisEndpoint</c>, or null.</param>
    /// <param name="region">The key <c>region</c>, or null.</param>
    /// <param name="environment">Gives the value of a variable of the environment, or null.</param>
    /// <exception cref="ConfigException">One of both keys is missing or wrong.</exception>
    public static KinesisEndpoint Resolve(string? endpoint, string? region, Func<string, string?> environment)
    {
        var given = NotEmpty(endpoint) ?? NotEmpty(environment(ServiceUrlVariable)) ?? NotEmpty(environment(UrlVariable));
        Uri? url = null;
        if (given is not null && (url = Parse(given)) is null)
            throw new ConfigException(KinesisKeys.Endpoint, given, Allowed);
        var ofHost = url is null ? null : RegionOf(url.Host);
        var chosen = NotEmpty(region) ?? ofHost
            ?? s_regionVariables.Select(environment).Select(NotEmpty).FirstOrDefault(value => value is not null)
            ?? throw new ConfigException(
                $"Missing configuration \"{KinesisKeys.Region}\": give the stream's region, such as us-east-1. Neither the "
                + $"host name of {KinesisKeys.Endpoint} nor the worker's environment "
                + $"({s_regionVariables[0]}, {s_regionVariables[1]}) has it.")
            { Key = KinesisKeys.Region };
        if (!Name().IsMatch(chosen))
            throw new ConfigException(KinesisKeys.Region, chosen, "allowed: a region's name, such as us-east-1");
        if (ofHost is not null && ofHost != chosen)
        {
            throw new ConfigException(
                KinesisKeys.Region, chosen, $"{url!.Host} is of the region {ofHost}; give that one, or none");
        }

        return new(url ?? Default(chosen), chosen);
    }

    /// <summary>A host, host:port or URL as a URL; null when it is none of them.</summary>
    public static Uri? Parse(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
            text = $"https://{text}";
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0
            && url.PathAndQuery == "/" && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            ? url
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"region {Region} ({Url.GetLeftPart(UriPartial.Authority)})";

    private static Uri Default(string region)
    {
        var domain = region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";
        return new($"https://kinesis.{region}.{domain}");
    }

    private static string BareHost(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;

    private static string? RegionOf(string host)
        => RegionalHost().Match(host) is { Success: true } match ? match.Groups["region"].Value : null;

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    [GeneratedRegex(@"^[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex Name();

    // kinesis.us-east-1.amazonaws.com, kinesis-fips.us-gov-west-1.amazonaws.com, vpce-0a1.kinesis.eu-west-1.vpce.amazonaws.com
    [GeneratedRegex(@"(^|\.)kinesis(-fips)?\.(?<region>[a-z0-9-]+)\.(vpce\.)?(amazonaws\.com|amazonaws\.com\.cn|api\.aws)\z",
        RegexOptions.IgnoreCase)]
    private static partial Regex RegionalHost();
}
