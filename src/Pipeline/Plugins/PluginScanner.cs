using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>Looks for plugins, and goes on after whatever cannot be loaded.</summary>
internal sealed partial class PluginScanner(ILogger logger)
{
    private static readonly string s_sdk = typeof(SinkConnector).Assembly.GetName().Name!;

    public List<PluginDescriptor> Found { get; } = [];

    public List<PluginFailure> Failures { get; } = [];

    /// <summary>Takes the plugins of an assembly that is loaded already.</summary>
    public void ScanAssembly(Assembly assembly, string? location)
    {
        foreach (var type in LoadableTypes(assembly, location ?? assembly.GetName().Name!).Where(PluginDescriptor.IsPlugin))
        {
            try
            {
                // Enumerated whole before any is taken: a plugin that throws halfway is left out as a whole.
                Found.AddRange([.. PluginDescriptor.Describe(type, location)]);
            }
            catch (Exception e)
            {
                Report($"{location ?? assembly.GetName().Name}: {type.FullName}",
                    (e as TargetInvocationException)?.InnerException ?? e);
            }
        }
    }

    /// <summary>Takes the plugins of the folders of <c>plugin.path</c>.</summary>
    public void ScanPath(string pluginPath)
    {
        foreach (var element in pluginPath.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                var path = Path.GetFullPath(element);
                if (File.Exists(path))
                    ScanLocation(path, Path.GetDirectoryName(path)!, [path]);
                else
                    ScanFolder(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                Report(element, e);
            }
        }
    }

    private void ScanFolder(string path)
    {
        foreach (var file in Dlls(path))
            ScanLocation(file, path, [file]);
        foreach (var folder in Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal))
        {
            try
            {
                ScanLocation(folder, folder, Dlls(folder));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Report(folder, e);
            }
        }
    }

    private void ScanLocation(string location, string folder, IReadOnlyList<string> files)
    {
        var candidates = files.Where(ReferencesSdk).ToList();
        if (candidates.Count == 0)
        {
            // A lone library beside plugins is what one of them needs; a folder without any plugin is a mistake.
            if (location == folder)
                Report(location, $"There is no assembly here that references {s_sdk}.");
            return;
        }

        var before = Found.Count;
        var failuresBefore = Failures.Count;
        var context = new PluginLoadContext(Path.GetFileNameWithoutExtension(location), folder);
        foreach (var file in candidates)
        {
            try
            {
                ScanAssembly(context.LoadPlugin(file), location);
            }
            catch (Exception e)
            {
                // Whatever a foreign assembly does while it is loaded must not keep the worker from starting.
                Report(file, e);
            }
        }
        if (Found.Count == before && Failures.Count == failuresBefore && location == folder)
            Report(location, "There is no public class here that is a plugin.");
    }

    private static List<string> Dlls(string folder)
        => [.. Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal)];

    private bool ReferencesSdk(string file)
    {
        if (PluginLoadContext.IsShared(Path.GetFileNameWithoutExtension(file)))
            return false;
        try
        {
            using var stream = File.OpenRead(file);
            using var image = new PEReader(stream);
            if (!image.HasMetadata)
                return false;
            var metadata = image.GetMetadataReader();
            return metadata.AssemblyReferences.Any(
                reference => metadata.StringComparer.Equals(metadata.GetAssemblyReference(reference).Name, s_sdk));
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            Report(file, e);
            return false;
        }
    }

    private IEnumerable<Type> LoadableTypes(Assembly assembly, string location)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            Report(location, e.LoaderExceptions.FirstOrDefault() ?? e);
            return e.Types.OfType<Type>();
        }
    }

    private void Report(string location, Exception error)
    {
        Failures.Add(new(location, $"{error.GetType().Name}: {error.Message}"));
        Log.NotLoaded(logger, location, error);
    }

    private void Report(string location, string reason)
    {
        Failures.Add(new(location, reason));
        Log.Nothing(logger, location, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error,
            Message = "A plugin was left out because it could not be loaded: {Location}.")]
        public static partial void NotLoaded(ILogger logger, string location, Exception error);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "No plugin in {Location}: {Reason}")]
        public static partial void Nothing(ILogger logger, string location, string reason);
    }
}
