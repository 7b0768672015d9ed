using Spectre.Console;

namespace Exports.Ctl.Output;

/// <summary>States and health: their colours, and which are worse.</summary>
internal static class States
{
    private static readonly string[] s_worstFirst =
        ["UNHEALTHY", "FAILED", "DEGRADED", "RESTARTING", "UNASSIGNED", "STARTING", "HEALTHY", "RUNNING", "PAUSED", "STOPPED"];

    /// <summary>All words that there are for health.</summary>
    public static readonly string[] Healths = ["HEALTHY", "STARTING", "PAUSED", "STOPPED", "DEGRADED", "UNHEALTHY"];

    /// <summary>All words that there are for states.</summary>
    public static readonly string[] All = ["RUNNING", "PAUSED", "STOPPED", "FAILED", "UNASSIGNED", "RESTARTING"];

    /// <summary>0 for the worst.</summary>
    public static int RankOf(string? word) => Array.IndexOf(s_worstFirst, word) is >= 0 and var rank ? rank : s_worstFirst.Length;

    /// <summary>Whether somebody should look.</summary>
    public static bool IsTrouble(string? word) => word is "UNHEALTHY" or "FAILED" or "DEGRADED";

    public static Style StyleOf(string word) => word switch
    {
        "UNHEALTHY" or "FAILED" => new Style(Color.Red),
        "DEGRADED" or "RESTARTING" or "UNASSIGNED" or "STARTING" => new Style(Color.Yellow),
        "HEALTHY" or "RUNNING" => new Style(Color.Green),
        _ => Style.Plain,
    };
}
