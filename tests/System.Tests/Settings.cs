using System.Globalization;

namespace Exports.SystemTests;

/// <summary>How much the tests do; small unless the environment asks for more.</summary>
internal static class Settings
{
    public static int Records { get; } = Number("EXPORTS_TEST_RECORDS", 40_000);

    public static int Kills { get; } = Number("EXPORTS_TEST_KILLS", 2);

    public static int ClusterKills { get; } = Number("EXPORTS_TEST_CLUSTER_KILLS", 1);

    public static bool TriesWholeCluster { get; } = Environment.GetEnvironmentVariable("EXPORTS_TEST_CLUSTER") == "all";

    public static long HangBytes { get; } = Number("EXPORTS_TEST_HANG_BYTES", 150_000_000);

    public static TimeSpan Hang { get; } = TimeSpan.FromSeconds(Number("EXPORTS_TEST_HANG_SECONDS", 3));

    private static int Number(string variable, int otherwise)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
            : otherwise;
}
