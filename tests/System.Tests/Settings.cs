using System.Globalization;

namespace Exports.SystemTests;

/// <summary>How much the tests do; small unless the environment asks for more.</summary>
internal static class Settings
{
    public static int Records { get; } = Number("EXPORTS_TEST_RECORDS", 40_000);

    public static int Kills { get; } = Number("EXPORTS_TEST_KILLS", 2);

    public static int ClusterKills { get; } = Number("EXPORTS_TEST_CLUSTER_KILLS", 1);

    public static int ClusterCuts { get; } = Number("EXPORTS_TEST_CLUSTER_CUTS", 1);

    public static bool TriesWholeCluster { get; } = Environment.GetEnvironmentVariable("EXPORTS_TEST_CLUSTER") == "all";

    /// <summary>Whether this process has a network of its own, and may make more: root, started by <c>./exports test --cluster</c>.</summary>
    public static bool HasOwnNetwork { get; } = Environment.GetEnvironmentVariable("EXPORTS_TEST_NETWORK") == "own";

    /// <summary>The folder with the worker of another version, from which a cluster is upgraded; null for none.</summary>
    public static string? PreviousWorker { get; } = Environment.GetEnvironmentVariable("EXPORTS_TEST_PREVIOUS") is { Length: > 0 } folder ? folder : null;

    public static long HangBytes { get; } = Number("EXPORTS_TEST_HANG_BYTES", 150_000_000);

    public static TimeSpan Hang { get; } = TimeSpan.FromSeconds(Number("EXPORTS_TEST_HANG_SECONDS", 3));

    /// <summary>Skips a test of a cluster that takes long, unless all of them are asked for.</summary>
    public static void SkipUnlessWholeCluster() => Assert.SkipUnless(TriesWholeCluster, "./exports test --cluster tries it.");

    private static int Number(string variable, int otherwise)
    {
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new InvalidOperationException($"{variable} is '{text}'; allowed: a whole number from 1");
    }
}
