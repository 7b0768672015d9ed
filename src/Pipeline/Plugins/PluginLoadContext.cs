using System.Reflection;
using System.Runtime.Loader;
using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>
/// Where the assemblies of one plugin live, apart from those of other plugins, so that two may bring different versions of
/// one library. What passes between plugin and pipeline must be the same type on both sides: the Sdk and the logger's
/// interface are the worker's own.
/// </summary>
internal sealed class PluginLoadContext : AssemblyLoadContext
{
    private static readonly Assembly[] s_shared = [typeof(SinkConnector).Assembly, typeof(ILogger).Assembly];

    private readonly string _folder;
    private readonly List<AssemblyDependencyResolver> _resolvers = [];

    /// <summary>Makes a context for the assemblies of a folder.</summary>
    /// <param name="name">Shown in stack traces.</param>
    /// <param name="folder">Where dependencies are looked for that no <c>.deps.json</c> names.</param>
    public PluginLoadContext(string name, string folder)
        : base(name) => _folder = folder;

    /// <summary>Whether an assembly of that name is the worker's own in every plugin.</summary>
    public static bool IsShared(string? assembly) => s_shared.Any(shared => shared.GetName().Name == assembly);

    /// <summary>
    /// Loads an assembly of the plugin, whose dependencies are from now on found by its <c>.deps.json</c>, if it has one.
    /// </summary>
    public Assembly LoadPlugin(string path)
    {
        _resolvers.Add(new(path));
        return LoadFromAssemblyPath(path);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (s_shared.FirstOrDefault(shared => shared.GetName().Name == assemblyName.Name) is { } own)
            return own;
        var path = Resolve(resolver => resolver.ResolveAssemblyToPath(assemblyName)) ?? InFolder(assemblyName.Name + ".dll");
        return path is null ? null : LoadFromAssemblyPath(path);
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        var path = Resolve(resolver => resolver.ResolveUnmanagedDllToPath(unmanagedDllName))
            ?? InFolder(unmanagedDllName)
            ?? InFolder($"{unmanagedDllName}.so")
            ?? InFolder($"lib{unmanagedDllName}.so");
        return path is null ? 0 : LoadUnmanagedDllFromPath(path);
    }

    private string? Resolve(Func<AssemblyDependencyResolver, string?> resolve)
        => _resolvers.Select(resolve).FirstOrDefault(path => path is not null);

    private string? InFolder(string file)
    {
        var path = Path.Combine(_folder, file);
        return File.Exists(path) ? path : null;
    }
}
