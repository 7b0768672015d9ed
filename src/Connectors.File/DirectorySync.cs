using System.Runtime.InteropServices;

namespace Exports.Connectors.File;

/// <summary>Makes durable that a directory has a new or renamed file. A file's own sync does not promise it.</summary>
internal static class DirectorySync
{
    private const int ReadOnly = 0;
    private const int InvalidArgument = 22; // EINVAL: this file system does not sync directories

    /// <summary>Syncs a directory. Does nothing where it may not be read or the system has no such thing.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Sync(string directory)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return;
        var handle = Open(directory, ReadOnly);
        if (handle < 0)
            return;
        try
        {
            if (Fsync(handle) == 0)
                return;
            var error = Marshal.GetLastPInvokeError();
            if (error != InvalidArgument)
                throw new IOException($"{directory}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
        finally
        {
            _ = Close(handle);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int handle);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int handle);
}
