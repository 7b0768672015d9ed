using System.Runtime.InteropServices;

namespace Exports.Kafka.Client;

/// <summary>
/// Keeps signals away from a native thread that is started meanwhile: a thread inherits the mask of the one that starts
/// it. Use it on one thread, around the call that starts another.
/// </summary>
internal static unsafe partial class UnixSignals
{
    // glibc and musl use 128 bytes, macOS 4.
    private const int MaskBytes = 128;

    /// <summary>Runs <paramref name="start"/> with all signals blocked on this thread; on Windows, which has none, just runs it.</summary>
    public static nint BlockedWhile(Func<nint> start)
    {
        if (OperatingSystem.IsWindows())
            return start();
        var all = stackalloc byte[MaskBytes];
        var before = stackalloc byte[MaskBytes];
        _ = sigfillset(all);
        var replace = OperatingSystem.IsMacOS() ? 3 : 2; // SIG_SETMASK
        _ = pthread_sigmask(replace, all, before);
        try
        {
            return start();
        }
        finally
        {
            _ = pthread_sigmask(replace, before, null);
        }
    }

    [LibraryImport("libc")]
    private static partial int sigfillset(byte* set);

    [LibraryImport("libc")]
    private static partial int pthread_sigmask(int how, byte* set, byte* before);
}
