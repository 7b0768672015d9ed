using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Exports.Kafka.Client;

/// <summary>
/// Finds the native library librdkafka, for this assembly and for Confluent.Kafka alike, so that a process never holds two
/// copies of it.
/// </summary>
public static unsafe class LibrdkafkaLoader
{
    /// <summary>The name by which P/Invokes refer to the library.</summary>
    internal const string Name = "librdkafka";

    /// <summary>Overrides the search: the path of the library's file.</summary>
    private const string PathVariable = "EXPORTS_LIBRDKAFKA";

    private const string Version = "2.15.1";
    private const int MinimumVersion = 0x020f00ff; // 2.15.0: what Confluent.Kafka of the pinned version calls

    private static readonly Lazy<nint> s_handle = new(Find);

    /// <summary>Loads the library now rather than at the first call into it. Does nothing when it is loaded.</summary>
    /// <exception cref="DllNotFoundException">It is nowhere to be found, or is too old; the message lists what was tried.</exception>
    public static void Load() => _ = s_handle.Value;

    // Resolvers are set before any code of this assembly runs, because a P/Invoke marked SuppressGCTransition is bound when
    // the method that calls it is compiled, which may be before that method's first statement.
#pragma warning disable CA2255 // a module initializer is the one place that is early enough
    [ModuleInitializer]
    internal static void SetResolvers()
#pragma warning restore CA2255
    {
        NativeLibrary.SetDllImportResolver(typeof(LibrdkafkaLoader).Assembly, Resolve);
        NativeLibrary.SetDllImportResolver(typeof(Confluent.Kafka.Library).Assembly, Resolve);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
        => name == Name ? s_handle.Value : 0;

    private static nint Find()
    {
        var tried = new List<string>();
        foreach (var (path, mandatory) in Candidates())
        {
            if (!File.Exists(path))
            {
                tried.Add($"{path}: no such file");
            }
            else
            {
                try
                {
                    var handle = NativeLibrary.Load(path);
                    CheckVersion(handle, path);
                    return handle;
                }
                catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
                {
                    tried.Add($"{path}: {e.Message.ReplaceLineEndings(" ")}");
                }
            }

            if (mandatory)
                break;
        }

        throw new DllNotFoundException(
            $"The native library librdkafka {Version} was not found. Tried:{Environment.NewLine}  "
            + string.Join(Environment.NewLine + "  ", tried)
            + $"{Environment.NewLine}Running ./exports builds it; {PathVariable} may name a file that is elsewhere.");
    }

    private static IEnumerable<(string Path, bool Mandatory)> Candidates()
    {
        var named = Environment.GetEnvironmentVariable(PathVariable);
        if (!string.IsNullOrEmpty(named))
            yield return (named, true);

        var file = OperatingSystem.IsWindows() ? "librdkafka.dll" : OperatingSystem.IsMacOS() ? "librdkafka.dylib" : "librdkafka.so";
        yield return (Path.Combine(AppContext.BaseDirectory, file), false);
        // The package librdkafka.redist puts the library into the folder of the runtime that it is for.
        yield return (Path.Combine(AppContext.BaseDirectory, "runtimes", PortableRuntime(), "native", file), false);
        yield return (Path.Combine(CacheDirectory(), $"librdkafka-{Version}", file), false);
    }

    private static string PortableRuntime()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }

    private static string CacheDirectory()
    {
        if (Environment.GetEnvironmentVariable("EXPORTS_CACHE") is { Length: > 0 } own)
            return own;
        var shared = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(shared, "exports");
    }

    private static void CheckVersion(nint handle, string path)
    {
        var version = ((delegate* unmanaged<int>)NativeLibrary.GetExport(handle, "rd_kafka_version"))();
        if (version < MinimumVersion)
        {
            NativeLibrary.Free(handle);
            throw new DllNotFoundException($"version {version >> 24}.{(version >> 16) & 0xff}.{(version >> 8) & 0xff} is too old ({path})");
        }
    }
}
