namespace Exports.Kafka.Client;

/// <summary>
/// Java names cipher suites as the TLS standards do, OpenSSL in a way of its own. These are the suites of TLS 1.2 that
/// both still enable or can enable.
/// </summary>
internal static class CipherSuites
{
    private static readonly Dictionary<string, string> s_openSslNames = new(StringComparer.Ordinal)
    {
        ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"] = "ECDHE-ECDSA-AES256-GCM-SHA384",
        ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"] = "ECDHE-ECDSA-AES128-GCM-SHA256",
        ["TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"] = "ECDHE-ECDSA-CHACHA20-POLY1305",
        ["TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"] = "ECDHE-ECDSA-AES256-SHA384",
        ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"] = "ECDHE-ECDSA-AES128-SHA256",
        ["TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"] = "ECDHE-ECDSA-AES256-SHA",
        ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"] = "ECDHE-ECDSA-AES128-SHA",
        ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"] = "ECDHE-RSA-AES256-GCM-SHA384",
        ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"] = "ECDHE-RSA-AES128-GCM-SHA256",
        ["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"] = "ECDHE-RSA-CHACHA20-POLY1305",
        ["TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"] = "ECDHE-RSA-AES256-SHA384",
        ["TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"] = "ECDHE-RSA-AES128-SHA256",
        ["TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"] = "ECDHE-RSA-AES256-SHA",
        ["TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"] = "ECDHE-RSA-AES128-SHA",
        ["TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"] = "DHE-RSA-AES256-GCM-SHA384",
        ["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"] = "DHE-RSA-AES128-GCM-SHA256",
        ["TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"] = "DHE-RSA-CHACHA20-POLY1305",
        ["TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"] = "DHE-RSA-AES256-SHA256",
        ["TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"] = "DHE-RSA-AES128-SHA256",
        ["TLS_DHE_RSA_WITH_AES_256_CBC_SHA"] = "DHE-RSA-AES256-SHA",
        ["TLS_DHE_RSA_WITH_AES_128_CBC_SHA"] = "DHE-RSA-AES128-SHA",
        ["TLS_RSA_WITH_AES_256_GCM_SHA384"] = "AES256-GCM-SHA384",
        ["TLS_RSA_WITH_AES_128_GCM_SHA256"] = "AES128-GCM-SHA256",
        ["TLS_RSA_WITH_AES_256_CBC_SHA256"] = "AES256-SHA256",
        ["TLS_RSA_WITH_AES_128_CBC_SHA256"] = "AES128-SHA256",
        ["TLS_RSA_WITH_AES_256_CBC_SHA"] = "AES256-SHA",
        ["TLS_RSA_WITH_AES_128_CBC_SHA"] = "AES128-SHA",
    };

    /// <summary>The suites of TLS 1.3, which OpenSSL enables always and librdkafka cannot choose among.</summary>
    private static readonly string[] s_tls13 =
        ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"];

    /// <summary>Translates a list, which may hold names of either kind.</summary>
    /// <exception cref="FormatException">A name is not known, or only suites of TLS 1.3 are named.</exception>
    public static string ToOpenSsl(string list)
    {
        var names = new List<string>();
        foreach (var name in list.Split([',', ':'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (s_tls13.Contains(name, StringComparer.Ordinal))
                continue;
            if (s_openSslNames.TryGetValue(name, out var openSsl))
                names.Add(openSsl);
            else if (name.StartsWith("TLS_", StringComparison.Ordinal) || name.StartsWith("SSL_", StringComparison.Ordinal))
                throw new FormatException($"the cipher suite '{name}' is not known here; OpenSSL's own names are allowed too");
            else
                names.Add(name);
        }

        return names.Count > 0
            ? string.Join(':', names)
            : throw new FormatException(
                "connections cannot be restricted to suites of TLS 1.3, which is used wherever the broker speaks it; remove it");
    }
}
