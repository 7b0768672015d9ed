namespace Exports.Bench;

/// <summary>Says what is going on, on standard error, so that standard output holds the figures alone.</summary>
internal static class Progress
{
    /// <summary>A line.</summary>
    public static void Say(string text) => Console.Error.WriteLine("  " + text);
}
