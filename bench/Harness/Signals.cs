using System.Runtime.InteropServices;

namespace Exports.Harness;

/// <summary>Signals that .NET has no call for.</summary>
internal static partial class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Sends a signal; false when there is no such process.</summary>
    public static bool Send(int process, int signal) => kill(process, signal) == 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
