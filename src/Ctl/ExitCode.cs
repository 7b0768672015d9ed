namespace Exports.Ctl;

/// <summary>What scripts go by.</summary>
internal static class ExitCode
{
    /// <summary>All was done; nothing differs.</summary>
    public const int Done = 0;

    /// <summary>The worker refused something, something differs, or a check did not hold.</summary>
    public const int Refused = 1;

    /// <summary>The command line or a file is wrong, or the worker cannot be reached.</summary>
    public const int Unusable = 2;

    /// <summary>Ended by Ctrl-C before it was done, as shells count it.</summary>
    public const int Interrupted = 130;
}
